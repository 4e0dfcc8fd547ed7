// What `/api/v1/openapi.json` describes: the parts that features say of their own addresses.
import type Router from '@koa/router';
import { adminPaths } from '../admin/api/acts-openapi.ts';
import { keysPaths } from '../api-keys/openapi.ts';
import { serviceAccountsPaths } from '../api-keys/service-accounts-openapi.ts';
import { clientsPaths } from '../clients/openapi.ts';
import { qrPaths } from '../qr/openapi.ts';
import { mountOpenapi } from '../web/openapi.ts';

export function mountInterfaceDescription(router: Router): void {
  mountOpenapi(router, { ...qrPaths, ...keysPaths, ...serviceAccountsPaths, ...clientsPaths, ...adminPaths });
}
