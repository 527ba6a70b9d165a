import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(this: RequestQueue): void;
}

/**
 * kafkajs 2.2.4 looks for pending requests a thousand times a second on each connection even when there are none: up to
 * five percent of a core, and a TimeoutNegativeWarning on Node 24 (tulios/kafkajs #1751; the fix was never released).
 * A queue without pending requests has nothing to look for until the next one is pushed, which schedules again.
 */
export function patchKafkajsTimers(): void {
  const require = createRequire(import.meta.url);
  const { prototype } = require('kafkajs/src/network/requestQueue/index.js') as { prototype: RequestQueue };
  if (patched.has(prototype)) return;
  patched.add(prototype);
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleIfPending(this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}

const patched = new WeakSet<object>();
