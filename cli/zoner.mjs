#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning
import { existsSync } from 'node:fs';

// A clone runs its TypeScript as it is. A package has JavaScript instead, because Node strips no types in node_modules.
const source = new URL('./zoner.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/cli/zoner.js', import.meta.url).href);
