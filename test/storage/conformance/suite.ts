// Everything that an adapter must do. Each adapter's test runs this with a way to open it.
import { compareAndSet, consuming } from './atomicity.ts';
import { channels } from './channels.ts';
import { collections } from './collections.ts';
import { counters } from './counters.ts';
import { expiry } from './expiry.ts';
import type { OpenStorage } from './harness.ts';
import { indexes } from './indexes.ts';
import { logs } from './logs.ts';
import { records } from './records.ts';
import { uniqueness } from './uniqueness.ts';

export function conformance(openStorage: OpenStorage): void {
  for (const part of [
    records,
    expiry,
    uniqueness,
    indexes,
    compareAndSet,
    consuming,
    logs,
    counters,
    channels,
    collections,
  ]) {
    part(openStorage);
  }
}
