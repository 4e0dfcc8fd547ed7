// Who acts, as the records name them.
/** Who acts: an account id, or `operator` for the command line. */
export interface Actor {
  actor: string;
  address?: string;
  userAgent?: string;
  requestId?: string;
}
