import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Answer } from '#snowflake/local/protocol.ts';

/** Of Snowflake's states those that a statement can have here. */
export type QueryState = 'RUNNING' | 'SUCCESS' | 'FAILED_WITH_ERROR';

interface Query {
  state: QueryState;
  readonly answer: Promise<Answer>;
}

/** Statements by their query id, for clients that lost the connection on which they sent them. The newest thousand. */
export class Queries {
  readonly #known = new LRUCache<string, Query>({ max: 1000 });

  /** Runs a statement under a new id, which its answer carries. */
  begin(run: () => Promise<Answer>): { readonly id: string; readonly answer: Promise<Answer> } {
    const id = randomUUID();
    const answer = run().then((told): Answer => {
      query.state = told.success === true ? 'SUCCESS' : 'FAILED_WITH_ERROR';
      return { ...told, data: { ...(told.data as object | null), queryId: id } };
    });
    const query: Query = { state: 'RUNNING', answer };
    this.#known.set(id, query);
    return { id, answer };
  }

  /** Null for an id that nobody was told, or too long ago. */
  stateOf(id: string): QueryState | null {
    return this.#known.get(id)?.state ?? null;
  }

  /** Null likewise; otherwise it waits for the statement. */
  answerOf(id: string): Promise<Answer> | null {
    return this.#known.get(id)?.answer ?? null;
  }
}
