// What the host asks of a logger and of the meters; `ops/logger.ts` and `ops/metrics.ts` make them.

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface RequestMeasure {
  /** Pattern of the route, never the address itself: the set of values is bounded. */
  route: string;
  method: string;
  status: number;
  /** Absent for a stream of events, which lasts as long as its reader stays. */
  seconds?: number;
}

export interface RequestMeter {
  request(measure: RequestMeasure): void;
}
