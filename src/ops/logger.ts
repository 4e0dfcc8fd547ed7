// The JSON log. Whatever is called like a secret is cut out at any depth, and errors are reduced to what a program wrote
// itself: their other properties may hold requests, headers or rows.
import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';

const SECRET_NAMES: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'dpop',
  'client_secret',
  'client_assertion',
  'password',
  'code',
  'code_verifier',
  'device_code',
  'user_code',
  'refresh_token',
  'access_token',
  'id_token',
  'token',
  'secret',
  'csrf',
]);
const MASK = '[redacted]';
const DEPTH = 6;

export interface LoggerOptions {
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Default: standard output, written synchronously so that a crash loses nothing. */
  destination?: DestinationStream;
}

export function createLogger({ level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service: 'tokenim-auth', pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => redactMembers(fields, DEPTH) },
      serializers: { err: describeError, error: describeError },
    },
    destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

function redactMembers(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRET_NAMES.has(name.toLowerCase()) ? MASK : redact(value, depth - 1),
    ]),
  );
}

function redact(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Error) return describeError(value);
  if (depth === 0) return MASK;
  return Array.isArray(value) ? value.map((item) => redact(item, depth - 1)) : redactMembers(value, depth);
}

function describeError(error: unknown, depth = DEPTH): unknown {
  if (!(error instanceof Error)) return error;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...('code' in error && { error_code: error.code }),
    ...(error.cause !== undefined && depth > 0 && { cause: describeError(error.cause, depth - 1) }),
  };
}
