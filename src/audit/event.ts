// The authorization records: which events there are and what each tells. `log.ts` keeps them, `redact.ts` cleans them.

/**
 * Every event, and what happens when it cannot be recorded. `required`: acts of administration are refused then, as nobody
 * could tell later who did them, and a power cut cannot take the record. `best_effort`: people and programs are served all
 * the same, and no token request waits for the disk.
 */
export const AUDIT_EVENTS = {
  'sign_in.succeeded': 'best_effort',
  'sign_in.failed': 'best_effort',
  'sign_in.throttled': 'best_effort',
  'sign_in.second_factor_failed': 'best_effort',
  'sign_in.disowned': 'best_effort',
  'session.ended': 'best_effort',
  'logout.notified': 'best_effort',
  'logout.notify_failed': 'best_effort',
  'factor.added': 'best_effort',
  'factor.removed': 'best_effort',
  'factor.recovery_codes_made': 'best_effort',
  'factor.recovery_code_used': 'best_effort',
  'factor.confirmed': 'best_effort',
  'factor.reset': 'required',
  'registration.requested': 'best_effort',
  'activation.requested': 'best_effort',
  'password_reset.requested': 'best_effort',
  'account.created': 'required',
  'account.activated': 'best_effort',
  'account.disabled': 'required',
  'account.enabled': 'required',
  'account.signed_out': 'required',
  'account.role_granted': 'required',
  'account.role_revoked': 'required',
  'account.maintainer_asked': 'best_effort',
  'account.maintainer_added': 'required',
  'account.maintainer_removed': 'required',
  'account.deletion_scheduled': 'required',
  'account.kept': 'best_effort',
  'account.erased': 'required',
  'account.profile_changed': 'best_effort',
  'account.password_changed': 'required',
  'admin_link.created': 'required',
  'admin_link.used': 'required',
  'client.created': 'required',
  'client.registered': 'required',
  'client.changed': 'required',
  'client.secret_added': 'required',
  'client.secret_removed': 'required',
  'client.disabled': 'required',
  'client.enabled': 'required',
  'client.superseded': 'best_effort',
  'client.registration_token_created': 'required',
  'client.registration_token_revoked': 'required',
  'key.created': 'required',
  'key.rotated': 'required',
  'key.disabled': 'required',
  'key.enabled': 'required',
  'key.revoked': 'required',
  'key.used': 'best_effort',
  'key.refused': 'best_effort',
  'token.issued': 'best_effort',
  'token.refused': 'best_effort',
  'token.replayed': 'best_effort',
  'token.revoked': 'best_effort',
  'token.introspected': 'best_effort',
  'grant.created': 'best_effort',
  'grant.revoked': 'best_effort',
  'consent.approved': 'best_effort',
  'consent.denied': 'best_effort',
  'consent.allowed': 'best_effort',
  'consent.withdrawn': 'best_effort',
  'device.issued': 'best_effort',
  'device.scanned': 'best_effort',
  'device.confirming': 'best_effort',
  'device.approved': 'best_effort',
  'device.denied': 'best_effort',
  'device.expired': 'best_effort',
  'device.redeemed': 'best_effort',
  'device.replayed': 'best_effort',
  'device.mismatch': 'best_effort',
  'signing_key.rotated': 'required',
  'review.kept': 'required',
  'config.applied': 'required',
  'config.changed': 'required',
  'config.loaded': 'best_effort',
  'config.refused': 'best_effort',
  'server.started': 'best_effort',
  'server.stopped': 'best_effort',
  'authorization.granted': 'best_effort',
  'authorization.refused': 'best_effort',
  'server.failed': 'best_effort',
  'mail.given_up': 'best_effort',
} as const satisfies Record<string, 'required' | 'best_effort'>;

export type AuditEventType = keyof typeof AUDIT_EVENTS;

export interface AuditEvent {
  type: AuditEventType;
  outcome: 'success' | 'failure';
  /** Milliseconds since the epoch; the moment of recording when absent. */
  at?: number;
  /** Who did it: an account id, a client_id, or a name such as `operator` for the command line. */
  actor?: string;
  /** The client whose token the actor's act came with, where it was one of `/api/v1`. */
  via?: string;
  /** To whose account it was done. */
  account?: string;
  client?: string;
  scopes?: readonly string[];
  /** Grant id. */
  grant?: string;
  address?: string;
  userAgent?: string;
  requestId?: string;
  /** A stable code, such as `wrong_password`. */
  reason?: string;
  details?: Readonly<Record<string, string | number | boolean>>;
}

/** What other features need of this one. */
export interface Audit {
  record(event: AuditEvent): Promise<void>;
}
