// In whose name something is done, for the records.

/** Who acts: an account id, or `operator` for the command line. */
export interface Actor {
  actor: string;
  address?: string;
  userAgent?: string;
  requestId?: string;
}
