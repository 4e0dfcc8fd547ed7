// The suite on a SQLite file.
import { conformance } from './conformance/suite.ts';
import { instances } from './conformance/instances.ts';
import { openFile } from './open-sqlite.ts';

conformance(openFile);
instances(openFile);
