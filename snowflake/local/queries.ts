import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Answer } from '#snowflake/local/protocol.ts';

/** Of Snowflake's states those that a statement can have here. */
export type QueryState = 'RUNNING' | 'BLOCKED' | 'SUCCESS' | 'FAILED_WITH_ERROR';

interface Query {
  state: QueryState;
  readonly isBlocked: () => boolean;
  readonly answer: Promise<Answer>;
}

/** Statements by their query id, for clients that lost the connection on which they sent them. The newest thousand. */
export class Queries {
  readonly #known = new LRUCache<string, Query>({ max: 1000 });

  /**
   * Runs a statement under a new id, which its answer carries.
   * @param isBlocked whether it waits for a lock just now
   */
  begin(
    run: () => Promise<Answer>,
    isBlocked: () => boolean,
  ): { readonly id: string; readonly answer: Promise<Answer> } {
    const id = randomUUID();
    const answer = run().then((told): Answer => {
      query.state = told.success === true ? 'SUCCESS' : 'FAILED_WITH_ERROR';
      return { ...told, data: { ...(told.data as object | null), queryId: id } };
    });
    const query: Query = { state: 'RUNNING', isBlocked, answer };
    this.#known.set(id, query);
    return { id, answer };
  }

  /** Null for an id that nobody was told, or too long ago. */
  stateOf(id: string): QueryState | null {
    const query = this.#known.get(id);
    if (query === undefined) return null;
    return query.state === 'RUNNING' && query.isBlocked() ? 'BLOCKED' : query.state;
  }

  /** Null likewise; otherwise it waits for the statement. */
  answerOf(id: string): Promise<Answer> | null {
    return this.#known.get(id)?.answer ?? null;
  }
}
