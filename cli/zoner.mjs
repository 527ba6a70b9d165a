#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning --max-semi-space-size=16
import { existsSync, readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [oldestMajor, oldestMinor] = manifest.engines.node.match(/\d+/g).map(Number);
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
  const oldest = `${oldestMajor}.${oldestMinor}`;
  process.stderr.write(`Zoner needs Node ${oldest} or later; this is ${process.versions.node}.\n`);
  process.exit(64);
}

// A clone runs its TypeScript as it is. A package has JavaScript instead, because Node strips no types in node_modules.
const source = new URL('./zoner.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/cli/zoner.js', import.meta.url).href);
