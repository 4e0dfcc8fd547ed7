// In whose name something is done, for the records.

/** Who acts: an account id, or `operator` for the command line. */
export interface Actor {
  actor: string;
  /** The client that speaks for them, where one does. */
  via?: string;
  address?: string;
  userAgent?: string;
  requestId?: string;
}
