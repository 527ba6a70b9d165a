import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createEventStreams } from '#api/event-stream.ts';
import { NOTHING_KNOWN } from '#recommendations/person/history.ts';

/** A connection whose other side takes nothing: each write fills it. */
class FullResponse extends EventEmitter {
  readonly written: string[] = [];
  readonly writableEnded = false;
  writeHead(): void {}
  end(): void {}
  write(text: string): boolean {
    this.written.push(text);
    return false;
  }
  destroy(): void {
    this.emit('close');
  }
}

test('a reader that takes nothing gets nothing more, and is dropped', async () => {
  let version = 0;
  const people = { read: async () => ({ history: NOTHING_KNOWN, version: ++version, checkpoint: null }) };
  const streams = createEventStreams(people, Date.now, {
    pollMs: 1,
    heartbeatMs: 5,
    slowMs: 20,
    mostReaders: 10,
  });
  const response = new FullResponse();
  const dropped = new Promise((resolve) => response.once('close', resolve));
  streams.open(response as unknown as ServerResponse, {
    userId: 'ada',
    lastEventId: undefined,
    until: null,
  });
  expect(streams.readers).toBe(1);
  await dropped;
  expect([streams.readers, response.written]).toEqual([0, ['retry: 2000\n\n']]);
  streams.close();
});
