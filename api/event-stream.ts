import type { ServerResponse } from 'node:http';

export interface StreamLimits {
  /** How often the store is asked whether a person that somebody listens for has changed. */
  readonly pollMs: number;
  readonly heartbeatMs: number;
  /** A reader that takes nothing for so long is dropped. */
  readonly slowMs: number;
  readonly mostReaders: number;
}

export const STREAM_LIMITS: StreamLimits = {
  pollMs: 500,
  heartbeatMs: 15_000,
  slowMs: 30_000,
  mostReaders: 1000,
};

interface Reader {
  readonly response: ServerResponse;
  /** When its right to listen ends, in milliseconds since 1970; null: never. */
  readonly until: number | null;
  /** The version that this reader knows. */
  version: number | null;
  /** Since when the reader takes nothing; null: it does. */
  fullSince: number | null;
}

/** Who listens, and from where. */
export interface Listener {
  readonly userId: string;
  readonly lastEventId: string | undefined;
  /** When the right to listen ends, in milliseconds since 1970; null: never. */
  readonly until: number | null;
}

/** What readers listen to; its version is another whenever there is something new to show. */
export interface Versions {
  read(id: string): Promise<{ readonly version: number }>;
}

/** Tells readers that a person changed, as server-sent events. An event says only that: what to show is read anew. */
export interface EventStreams {
  /**
   * Adds a reader who last saw `lastEventId`; false if there are too many. Other changes are told at once. Its stream ends
   * with its right to listen: a reader that comes back has to show a new token.
   */
  open(response: ServerResponse, listener: Listener): boolean;
  readonly readers: number;
  close(): void;
}

/**
 * One question to the store a person and interval, however many listen. Events carry the version as their id, so a
 * reader that comes back is told at once if it missed something. What a slow reader has not taken is not piled up: it
 * gets the newest version once it reads again, and is dropped if it does not.
 */
export function createEventStreams(
  subjects: Versions,
  now: () => number,
  limits: StreamLimits = STREAM_LIMITS,
): EventStreams {
  const readers = new Map<string, Set<Reader>>();
  let count = 0;
  const remove = (userId: string, reader: Reader): void => {
    const own = readers.get(userId);
    if (own?.delete(reader) !== true) return;
    count -= 1;
    if (own.size === 0) readers.delete(userId);
  };
  const pollOne = async (userId: string): Promise<void> => {
    // What it is read from may be down for a moment: the heartbeat keeps readers until it is back.
    const known = await subjects.read(userId).catch(() => null);
    if (known === null) return;
    for (const reader of readers.get(userId) ?? []) tell(reader, known.version);
  };
  let isPolling = false;
  const poll = async (): Promise<void> => {
    const at = now();
    for (const own of readers.values()) {
      for (const { until, response } of own) if (until !== null && until <= at) response.end();
    }
    if (isPolling) return;
    isPolling = true;
    await Promise.all([...readers.keys()].map(pollOne));
    isPolling = false;
  };
  const beat = (): void => {
    const at = performance.now();
    for (const own of readers.values()) {
      for (const reader of own) {
        if (reader.fullSince !== null && at - reader.fullSince > limits.slowMs) reader.response.destroy();
        else write(reader, ':\n\n');
      }
    }
  };
  const timers = [setInterval(() => void poll(), limits.pollMs), setInterval(beat, limits.heartbeatMs)];
  return {
    open(response, { userId, lastEventId, until }) {
      if (count >= limits.mostReaders) return false;
      const version = /^\d{1,15}$/.test(lastEventId ?? '') ? Number(lastEventId) : null;
      const reader: Reader = { response, until, version, fullSince: null };
      const own = readers.get(userId);
      if (own === undefined) readers.set(userId, new Set([reader]));
      else own.add(reader);
      count += 1;
      response.once('close', () => remove(userId, reader));
      response.on('drain', () => {
        reader.fullSince = null;
      });
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      write(reader, 'retry: 2000\n\n');
      void pollOne(userId);
      return true;
    },
    get readers() {
      return count;
    },
    close() {
      for (const timer of timers) clearInterval(timer);
      for (const own of readers.values()) for (const { response } of own) response.end();
    },
  };
}

/** The first version that a reader hears of is where it begins: there is nothing to tell. */
function tell(reader: Reader, version: number): void {
  const isNew = reader.version !== version;
  if (!isNew || reader.fullSince !== null) return;
  const text =
    reader.version === null
      ? `id: ${version}\n\n`
      : `id: ${version}\nevent: changed\ndata: {"version":${version}}\n\n`;
  reader.version = version;
  write(reader, text);
}

function write(reader: Reader, text: string): void {
  if (reader.fullSince !== null || reader.response.writableEnded) return;
  if (!reader.response.write(text)) reader.fullSince = performance.now();
}
