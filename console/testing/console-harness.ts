import type { FastifyInstance } from 'fastify';
import { ANYONE, type Authenticate } from '#api/authentication.ts';
import type { StreamLimits } from '#api/event-stream.ts';
import type { RecordLife, RecordPlace } from '#console/record-life.ts';
import { createConsole } from '#console/server.ts';
import {
  EXAMPLE_NOW,
  EXAMPLE_SCHEMA,
  type ExampleBoard,
  exampleBoard,
} from '#console/testing/example-board.ts';
import type { Contract } from '#contract/contract.ts';
import { letterContent } from '#dead-letters/letter-content.ts';

/** The trace that the example's record belongs to. */
export const EXAMPLE_TRACE = '0af7651916cd43dd8448eb211c80319c';

/** A console for tests and pictures, not yet listening. */
export interface ConsoleHarness {
  readonly app: FastifyInstance;
  readonly board: ExampleBoard;
  /** What was logged, as text. */
  readonly logged: readonly string[];
}

export async function consoleHarness(
  settings: {
    readonly contracts?: number;
    readonly authenticate?: Authenticate;
    readonly streamLimits?: StreamLimits;
    readonly life?: Partial<RecordLife>;
  } = {},
): Promise<ConsoleHarness> {
  const board = exampleBoard(settings.contracts);
  const logged: string[] = [];
  const keep = (...args: readonly unknown[]): void => void logged.push(JSON.stringify(args));
  const app = await createConsole(
    {
      board,
      authenticate: settings.authenticate ?? (async () => ANYONE),
      readLife: async (contract, place) => ({ ...exampleLife(contract, place), ...settings.life }),
      log: { debug: keep, info: keep, warn: keep, error: keep },
    },
    {
      rateLimit: 10_000,
      hosts: null,
      ...(settings.streamLimits === undefined ? {} : { streamLimits: settings.streamLimits }),
    },
  );
  return { app, board, logged };
}

/** The life of a record of `ada` that is a row. */
export function exampleLife(contract: Contract, place: RecordPlace): RecordLife {
  const record = {
    ...place,
    timestamp: BigInt(EXAMPLE_NOW - 600_000),
    key: Buffer.from('ada'),
    // The frame of schema id 9, then the string ada and the int 21.
    value: Uint8Array.from([0, 0, 0, 0, 9, 6, 97, 100, 97, 42]),
    headers: [
      ['person', Buffer.from('ada')] as const,
      ['traceparent', Buffer.from(`00-${EXAMPLE_TRACE}-b7ad6b7169203331-01`)] as const,
    ],
  };
  const writer = { kind: 'schema' as const, schema: EXAMPLE_SCHEMA, subjects: [contract.subject] };
  return {
    place,
    range: { value: { low: 0n, high: 5000n } },
    committed: { value: 5000n },
    record: { value: record },
    writer,
    content: letterContent(record, contract, writer, false),
    rows: { value: [{ loadedAt: EXAMPLE_NOW - 598_000, schemaId: 9 }] },
    letter: { value: null },
    isErased: false,
    lettersAt: EXAMPLE_NOW - 4000,
  };
}
