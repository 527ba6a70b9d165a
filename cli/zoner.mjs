#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(`Zoner needs Node 22.13 or later; this is ${process.versions.node}.\n`);
  process.exit(64);
}

// A clone runs its TypeScript as it is. A package has JavaScript instead, because Node strips no types in node_modules.
const source = new URL('./zoner.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/cli/zoner.js', import.meta.url).href);
