// The composition of signing in by QR: the approving side, the waiting browsers, and the pages and addresses of both, on the
// device grant of `authorization.ts`.
import type Router from '@koa/router';
import type { Context } from 'koa';
import { placeText } from '../../views/partials/origin.ts';
import type { SignIns } from '../accounts/sign-ins.ts';
import type { AuditEvent } from '../audit/event.ts';
import { WEB_CLIENT } from '../config/built-in.ts';
import type { ConfigSource, Locale } from '../config/config.ts';
import { type Geo, placesDiffer } from '../geo/place.ts';
import type { Clock } from '../lib/clock.ts';
import { createSealer } from '../lib/sealed.ts';
import { maySignIn, rolesInForce } from '../oidc/account.ts';
import { formatUserCode, normalizeUserCode, POLL_INTERVAL } from '../oidc/device-codes.ts';
import { mountScan } from '../oidc/interactions/scan.ts';
import { createConfirmation } from '../qr/confirmation.ts';
import { createDecisions } from '../qr/decisions.ts';
import type { DeviceAuthorization, Scanner } from '../qr/device-authorization.ts';
import { createAnswerDigits, type DigitsDeps } from '../qr/digits.ts';
import { type Doubt, doubtsAbout } from '../qr/doubts.ts';
import { createHints } from '../qr/hints.ts';
import { createBrowserFlows, type FlowCookie, OF_AN_INTERACTION } from '../qr/routes/browser-flow.ts';
import { mountBrowser } from '../qr/routes/browser.ts';
import { createDigitsTaker, mountCheck } from '../qr/routes/check.ts';
import { eventsWay, mountEvents } from '../qr/routes/events.ts';
import { mountPhoneApi } from '../qr/routes/phone-api.ts';
import { createConfirmSheet } from '../qr/routes/confirm-sheet.ts';
import { createPhoneRecords } from '../qr/routes/phone-records.ts';
import { mountPhone } from '../qr/routes/phone.ts';
import { createScans } from '../qr/routes/scan.ts';
import { translator } from '../web/i18n.ts';
import { createStreams } from '../qr/routes/streams.ts';
import { createWaitingFlows } from '../qr/routes/waiting-flows.ts';
import { createPlaces } from '../web/places.ts';
import type { Visitors } from '../web/visitor.ts';
import type { Authorization } from './authorization.ts';
import type { composeLimits } from './limits.ts';
import { deviceOrigin } from './sign-ins.ts';

export interface QrDeps {
  config: ConfigSource;
  clock: Clock;
  authorization: Authorization;
  visitors: Visitors;
  limits: ReturnType<typeof composeLimits>;
  signIns: SignIns;
  geo: Geo;
  /** Scopes that the account took back from the client. */
  withdrawn(accountId: string, clientId: string): Promise<readonly string[]>;
  /** Whether the session or grant that an approver acted by has ended since. */
  hasEnded(via: string | undefined): Promise<boolean>;
  describe(scope: string, locale: Locale): string;
  recordFrom(ctx: Context, event: AuditEvent): Promise<void>;
  onError(error: unknown): void;
}

export function composeQr(deps: QrDeps) {
  const { config, clock, authorization, visitors, limits, signIns, geo, describe, recordFrom, onError } = deps;
  const { clients, deviceCodes, deviceFlow, provider, sessions } = authorization;
  const { admitPage, countCode } = limits;

  const findActive = async (id: string) => {
    const person = await authorization.findPerson(id);
    return person?.active ? person : undefined;
  };
  const { authorizations } = deviceFlow;
  const decisions = createDecisions({ authorizations, clock, editionOf: clients.editionOf });
  const common: DigitsDeps = {
    authorizations,
    decisions,
    config: config.current,
    maySignIn: (clientId, roles) => {
      const client = clients.configured(clientId);
      return (
        client !== undefined && client.grants.includes('device_code') && maySignIn({ roles }, client.allowed_roles)
      );
    },
    rolesOf: async ({ accountId, amr, via }) => {
      const person = (await deps.hasEnded(via)) ? undefined : await findActive(accountId);
      return person && rolesInForce(person, amr);
    },
  };
  const confirmation = createConfirmation({
    ...common,
    expired: ({ id, clientId, transaction }) =>
      void authorization.noticeExpiry({
        id,
        clientId,
        ...('accountId' in transaction && { accountId: transaction.accountId }),
      }),
    count: countCode,
  });
  const placeTextOf = (address: string | undefined, locale: Locale): string | undefined => {
    const place = geo.placeOf(address);
    return place && placeText(place, { locale, t: translator(locale) });
  };
  const doubtsOf = async ({ clientId, device }: DeviceAuthorization, approver: Scanner): Promise<Doubt[]> => {
    const { address, browser, userAgent = '' } = device;
    const unknown = clientId === WEB_CLIENT || address === undefined;
    const origin =
      browser !== undefined ? { browser } : unknown ? 'unknown' : deviceOrigin(clientId, userAgent, address);
    const isKnown = await signIns.isKnown(approver.accountId, origin);
    return doubtsAbout(
      { isKnown, address, place: geo.placeOf(address) },
      { address: approver.address, place: geo.placeOf(approver.address) },
      placesDiffer,
    );
  };
  const records = createPhoneRecords(recordFrom);
  const takeDigits = createDigitsTaker({ answerDigits: createAnswerDigits(common), records });
  const hints = createHints({
    clock,
    find: async (id) => {
      const found = await deviceFlow.authorizations.get(id);
      return found && { state: confirmation.stateOf(found), expiresAt: found.expiresAt };
    },
    subscribe: deviceCodes.onChange,
    onError,
  });
  const streams = createStreams({
    hints,
    places: createPlaces('event_streams'),
    authorizations: deviceFlow.authorizations,
    limits: () => config.current().limits.event_streams,
    idOfPass: (pass) => deviceCodes.idOfPass('events', pass),
    mayCall: clients.mayCall,
  });

  const flowsOf = (purpose: string, scope: string, cookie?: FlowCookie) =>
    createWaitingFlows({
      flows: createBrowserFlows(createSealer(config.current().secrets.cookie_keys, purpose), cookie),
      scope,
      clock,
      deviceFlow,
      stateOfAuthorization: confirmation.stateOf,
      formatUserCode,
      admit: admitPage,
      recordIssued: (ctx, client) => recordFrom(ctx, { type: 'device.issued', outcome: 'success', client }),
    });

  function mount(router: Router): void {
    mountScan(router, {
      provider,
      clients,
      scans: createScans({ flows: flowsOf('scan flow', 'openid', OF_AN_INTERACTION), deviceFlow, takeDigits }),
      record: recordFrom,
    });
    mountBrowser(router, {
      flows: flowsOf('qr flow', 'openid profile'),
      sessions,
      clock,
      deviceFlow,
      pollInterval: POLL_INTERVAL,
      takeDigits,
      takeIdToken: (idToken, nonce) => authorization.takeIdToken(idToken, nonce, WEB_CLIENT),
      record: recordFrom,
    });
    mountEvents(router, {
      streams,
      authorizations: deviceFlow.authorizations,
      stateOfAuthorization: confirmation.stateOf,
    });
    mountPhone(router, {
      visitors,
      sessions,
      confirmation,
      confirmSheet: createConfirmSheet({
        grantable: authorizations.grantable,
        optionalOf: (clientId) => clients.configured(clientId)?.optional_scopes ?? [],
        withdrawn: deps.withdrawn,
        editionOf: clients.editionOf,
        clock,
        words: { faceOf: clients.face, describeScope: describe, formatUserCode, placeText: placeTextOf },
        doubtsAbout: doubtsOf,
      }),
      normalizeUserCode,
      records,
    });
    mountPhoneApi(router, {
      bearer: authorization.bearer,
      confirmation,
      records,
      clock,
      faceOf: clients.face,
      describeScope: describe,
      placeText: placeTextOf,
      userCodes: { normalize: normalizeUserCode, format: formatUserCode },
    });
    mountCheck(router, {
      takeDigits,
      idOfPass: (pass) => deviceCodes.idOfPass('check', pass),
      originsOf: async (id) =>
        clients.configured((await deviceFlow.authorizations.get(id))?.clientId ?? '')?.origins ?? [],
    });
  }

  /** `close` ends the streams of waiting browsers. */
  return { mount, way: eventsWay(streams), close: () => hints.close() };
}
