// The composition of back-channel logout: notices of ended sessions reach their applications, and the records say whether they did.
import type { AuditEvent } from '../audit/event.ts';
import { type LogoutSender, type Notified, startLogoutSender } from '../oidc/logout-sender.ts';
import type { Authorization } from './authorization.ts';
import type { Domain } from './domain.ts';

export interface LogoutDeps {
  domain: Pick<Domain, 'logoutNotices'>;
  authorization: Pick<Authorization, 'sendLogoutToken'>;
  record(event: AuditEvent): void;
  onError(error: unknown): void;
}

export const composeLogout = ({ domain, authorization, record, onError }: LogoutDeps): Promise<LogoutSender> =>
  startLogoutSender({
    notices: domain.logoutNotices,
    send: authorization.sendLogoutToken,
    report: ({ clientId: client, accountId: account, attempts, reason }: Notified) =>
      record({
        type: reason === undefined ? 'logout.notified' : 'logout.notify_failed',
        outcome: reason === undefined ? 'success' : 'failure',
        actor: 'server',
        client,
        account,
        ...(reason !== undefined && { reason }),
        details: { attempts },
      }),
    onError,
  });
