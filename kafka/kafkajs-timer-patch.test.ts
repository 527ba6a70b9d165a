import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { patchKafkajsTimers } from '#kafka/kafkajs-timer-patch.ts';

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: unknown;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
  prototype: Queue;
};
const queueWith = (state: Partial<Queue>): Queue =>
  Object.assign(Object.create(prototype) as Queue, {
    pending: [],
    throttledUntil: -1,
    throttleCheckTimeoutId: null,
    checkPendingRequests: () => undefined,
    ...state,
  });

beforeEach(() => {
  vi.useFakeTimers();
  patchKafkajsTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a connection without pending requests runs no timer, however often it is patched', () => {
  patchKafkajsTimers();
  queueWith({}).scheduleCheckPendingRequests();
  expect(vi.getTimerCount()).toBe(0);
});

test('pending requests, and a broker that throttles, are still looked after', () => {
  queueWith({ pending: [{}] }).scheduleCheckPendingRequests();
  queueWith({ throttledUntil: Date.now() + 1000 }).scheduleCheckPendingRequests();
  expect(vi.getTimerCount()).toBe(2);
});
