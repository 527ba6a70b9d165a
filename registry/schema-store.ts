import { LRUCache } from 'lru-cache';
import { LARGEST_GIVEN_ID } from '#avro/frame.ts';
import type { WriterSchema, WriterSchemas } from '#consumer/ports.ts';
import type { RegistryClient } from '#registry/client.ts';
import { type ResolvedSchema, resolveSchema } from '#registry/resolve-schema.ts';

export interface SchemaStoreOptions {
  /** Schemas kept, and ids remembered as unknown. Default 1000. */
  readonly maxEntries?: number;
  /** How long an absence is believed. Default 10 000. */
  readonly unknownForMs?: number;
  /** How long subjects are believed that hold no accepted one. Default 30 000. */
  readonly subjectsForMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** Told of each id that is looked up, whether its answer was there. */
  readonly onLookup?: (result: LookupResult) => void;
}

/** `hit` costs nothing; `miss` is a request, or waits for the one that is under way. */
export type LookupResult = 'hit' | 'miss';

interface Known {
  readonly resolved: ResolvedSchema;
  readonly subjects: readonly string[];
  readonly askedAt: number;
}

/** Requests under way at once: garbage frames hold as many ids as there are records. */
const MAX_REQUESTS = 8;

/**
 * Writer schemas by id. What an id means never changes, so a schema is kept for as long as there is room, and one id is
 * asked for once, however many wait for it.
 */
export function createSchemaStore(
  client: Pick<RegistryClient, 'schemaById' | 'subjectsOfId' | 'versionSchema'>,
  options: SchemaStoreOptions = {},
): WriterSchemas {
  const { maxEntries: max = 1000, unknownForMs = 10_000, subjectsForMs = 30_000 } = options;
  const now = options.now ?? (() => performance.now());
  const known = new LRUCache<number, Known>({ max });
  const passing = new LRUCache<number, { until: number; answer: WriterSchema }>({ max });
  const asking = new Map<number, Promise<WriterSchema>>();

  const cached = (id: number, accepted: ReadonlySet<string> | undefined): WriterSchema | null => {
    // Registries answer larger ones in ways of their own.
    if (id < 1 || id > LARGEST_GIVEN_ID) return { kind: 'unknown' };
    const entry = known.get(id);
    if (entry !== undefined) {
      const stale = now() - entry.askedAt > subjectsForMs;
      const wanted = accepted === undefined || entry.subjects.some((subject) => accepted.has(subject));
      return wanted || !stale ? answerOf(entry) : null;
    }
    const absent = passing.get(id);
    return absent !== undefined && now() < absent.until ? absent.answer : null;
  };

  const believe = (id: number, answer: WriterSchema): WriterSchema => {
    passing.set(id, { until: now() + unknownForMs, answer });
    return answer;
  };

  const ask = async (id: number): Promise<WriterSchema> => {
    const askedAt = now();
    const before = known.get(id);
    const resolved = before?.resolved ?? (await fetchSchema(client, id));
    if (resolved === null) return believe(id, { kind: 'unknown' });
    if (resolved.kind === 'unreadable' && resolved.passing)
      return believe(id, answerOf({ resolved, subjects: [] }));
    const subjects = ((await client.subjectsOfId(id)) ?? []).map(({ subject }) => subject);
    const entry = { resolved, subjects: [...new Set(subjects)], askedAt };
    known.set(id, entry);
    return answerOf(entry);
  };

  const askOnce = (id: number): Promise<WriterSchema> => {
    const underWay = asking.get(id);
    if (underWay !== undefined) return underWay;
    const answer = ask(id).finally(() => asking.delete(id));
    asking.set(id, answer);
    return answer;
  };

  return {
    async lookUp(ids, accepted) {
      const answers = new Map<number, WriterSchema>();
      const open: number[] = [];
      for (const id of new Set(ids)) {
        const answer = cached(id, accepted);
        options.onLookup?.(answer === null ? 'miss' : 'hit');
        if (answer === null) open.push(id);
        else answers.set(id, answer);
      }
      const worker = async (): Promise<void> => {
        for (let id = open.pop(); id !== undefined; id = open.pop()) answers.set(id, await askOnce(id));
      };
      await Promise.all(Array.from({ length: Math.min(MAX_REQUESTS, open.length) }, worker));
      return answers;
    },
  };
}

async function fetchSchema(
  client: Pick<RegistryClient, 'schemaById' | 'versionSchema'>,
  id: number,
): Promise<ResolvedSchema | null> {
  const registered = await client.schemaById(id);
  return registered === null ? null : resolveSchema(client, registered);
}

function answerOf({ resolved, subjects }: Pick<Known, 'resolved' | 'subjects'>): WriterSchema {
  return resolved.kind === 'schema'
    ? { kind: 'schema', schema: resolved.schema, subjects }
    : { kind: 'unreadable', reason: resolved.reason };
}
