import { syntaxError } from '#snowflake/local/sql-error.ts';
import { type Token, tokenize } from '#snowflake/local/tokens.ts';

/** Words that are no names without quotes (Snowflake's reserved-keywords). */
const RESERVED = new Set(
  `ALL ALTER AND ANY AS BETWEEN BY CHECK COLUMN CONNECT CREATE CURRENT DELETE DISTINCT DROP ELSE EXISTS FOLLOWING FOR FROM
  GRANT GROUP HAVING ILIKE IN INCREMENT INSERT INTERSECT INTO IS LIKE MINUS NOT NULL OF ON OR ORDER QUALIFY REGEXP REVOKE
  RLIKE ROW ROWS SAMPLE SELECT SET SOME START TABLE TABLESAMPLE THEN TO TRIGGER UNION UNIQUE UPDATE VALUES WHENEVER WHERE
  WITH`.split(/\s+/),
);

/** A place in a statement, and the questions that a parser asks there. */
export class TokenReader {
  readonly #sql: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  /** Binds met so far: `?` counts up. */
  binds = 0;

  constructor(sql: string) {
    this.#sql = sql;
    this.#tokens = tokenize(sql);
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  /** True if these words or symbols stand here one after the other. */
  at(...texts: readonly string[]): boolean {
    return texts.every((text, index) => {
      const token = this.peek(index);
      return (token.kind === 'name' || token.kind === 'symbol') && token.text === text;
    });
  }

  /** Passes over these words if they stand here. */
  take(...texts: readonly string[]): boolean {
    if (!this.at(...texts)) return false;
    this.#at += texts.length;
    return true;
  }

  expect(...texts: readonly string[]): void {
    if (!this.take(...texts)) throw this.unexpected();
  }

  /** An identifier, folded as Snowflake folds it. */
  name(): string {
    const token = this.next();
    const isName = token.kind === 'quoted' || (token.kind === 'name' && !RESERVED.has(token.text));
    if (!isName) throw this.unexpected(token);
    return token.text;
  }

  /** A member of a VARIANT: unlike every other name it is not folded. */
  pathStep(): string {
    const token = this.next();
    if (token.kind === 'quoted') return token.text;
    if (token.kind !== 'name') throw this.unexpected(token);
    return this.#sql.slice(token.start, token.end);
  }

  /** `a.b.c` */
  qualifiedName(): readonly string[] {
    const parts = [this.name()];
    while (this.take('.')) parts.push(this.name());
    return parts;
  }

  text(): string {
    const token = this.next();
    if (token.kind !== 'text') throw this.unexpected(token);
    return token.text;
  }

  /** A whole number, as after LIMIT. */
  count(): string {
    const token = this.next();
    if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw this.unexpected(token);
    return token.text;
  }

  /** The whole statement as it was written. */
  get sql(): string {
    return this.#sql;
  }

  /** `item` once or more, with commas between. */
  list<T>(item: () => T): readonly T[] {
    const items = [item()];
    while (this.take(',')) items.push(item());
    return items;
  }

  /** The statement's own text since a token, which is what Snowflake names a column without an alias. */
  since({ start }: Token): string {
    return this.#sql.slice(start, this.#tokens[this.#at - 1]?.end);
  }

  unexpected(token: Token = this.peek()): Error {
    return syntaxError(`unexpected '${token.text}' at position ${token.start}`);
  }
}
