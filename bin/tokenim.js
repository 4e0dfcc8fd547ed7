#!/usr/bin/env node
// The command `tokenim`. The program itself is `src/main.ts`, compiled.
import { existsSync } from 'node:fs';

const main = new URL('../dist/src/main.js', import.meta.url);

if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('TokenIM Auth is not built yet: run `npm run build`.');
  process.exitCode = 1;
}
