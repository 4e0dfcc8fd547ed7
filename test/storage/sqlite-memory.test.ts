// The suite on SQLite in memory, which the tests of the features use.
import { conformance } from './conformance/suite.ts';
import { openMemory } from './open-sqlite.ts';

conformance(openMemory);
