/**
 * Checks the books of one topic without a line of the product: the bytes in the topic against the rows in the table and
 * the dead letters. A bug that the consumer and `zoner reconcile` share would show here.
 *
 * Usage: node stack/independent-account.ts TOPIC DATABASE.SCHEMA.TABLE [TOPIC TABLE …], with KAFKA_BROKER and SNOWFLAKE_* set.
 * Prints the counts as JSON, a line a topic; exit code 1 and one line a finding if an offset is in no state, in two, or
 * differs.
 */
import { createHash, randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';

interface Found {
  readonly key: string;
  readonly value: string;
  readonly sha256: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

const sha256 = (bytes: Buffer | null): string | null =>
  bytes === null ? null : createHash('sha256').update(bytes).digest('hex');

/** Every record that the topic holds now, by `partition/offset`. */
async function readTopic(kafka: Kafka, topic: string): Promise<Map<string, Found>> {
  const admin = kafka.admin();
  await admin.connect();
  const open = new Map<number, bigint>();
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    if (BigInt(low) < BigInt(high)) open.set(partition, BigInt(high));
  }
  await admin.disconnect();
  const found = new Map<string, Found>();
  if (open.size === 0) return found;
  const consumer = kafka.consumer({ groupId: `independent-${randomUUID()}`, maxWaitTimeInMs: 300 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const ended = Promise.withResolvers<void>();
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]);
      found.set(`${partition}/${message.offset}`, {
        key: String(message.key),
        value: String(message.value),
        sha256: sha256(message.value),
        headers: Object.fromEntries(headers),
      });
      if (BigInt(message.offset) + 1n >= (open.get(partition) ?? 0n)) open.delete(partition);
      if (open.size === 0) ended.resolve();
    },
  });
  await ended.promise;
  await consumer.disconnect();
  return found;
}

/** The hashes of all rows of the topic, by `partition/offset`. */
async function readRows(topic: string, table: string): Promise<Map<string, string[]>> {
  process.env.SNOWFLAKE_DISABLE_PLATFORM_DETECTION = 'true';
  const { default: snowflake } = await import('snowflake-sdk');
  snowflake.configure({ logLevel: 'OFF', additionalLogToConsole: false });
  const { SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER, SNOWFLAKE_PASSWORD, SNOWFLAKE_ACCESS_URL } = process.env;
  const connection = snowflake.createConnection({
    account: SNOWFLAKE_ACCOUNT ?? 'local',
    username: SNOWFLAKE_USER ?? '',
    password: SNOWFLAKE_PASSWORD ?? '',
    ...(SNOWFLAKE_ACCESS_URL ? { accessUrl: SNOWFLAKE_ACCESS_URL } : {}),
  });
  await connection.connectAsync(() => {});
  const name = table
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');
  const sqlText = `SELECT "_PARTITION"::VARCHAR AS P, "_OFFSET"::VARCHAR AS O, "_VALUE_SHA256" AS H FROM ${name} WHERE "_TOPIC" = ?`;
  const rows = await new Promise<Record<string, string>[]>((resolve, reject) => {
    connection.execute({
      sqlText,
      binds: [topic],
      complete: (error, _statement, found) => (error ? reject(error) : resolve(found ?? [])),
    });
  });
  await new Promise<void>((resolve) => connection.destroy(() => resolve()));
  const byPlace = new Map<string, string[]>();
  for (const { P, O, H } of rows) byPlace.set(`${P}/${O}`, [...(byPlace.get(`${P}/${O}`) ?? []), String(H)]);
  return byPlace;
}

interface Ledger {
  /** What it says last of each letter, by `partition/offset`. */
  readonly states: Map<string, string>;
  /** The places that its erasures name. */
  readonly erased: Set<string>;
}

/** Reads letters' states and erasures. */
async function readLedger(kafka: Kafka, topic: string): Promise<Ledger> {
  const states = new Map<string, string>();
  const erased = new Set<string>();
  const entries = [...(await readTopic(kafka, `${topic}-dlt-status`))].sort(([a], [b]) =>
    BigInt(a.split('/')[1] ?? 0) < BigInt(b.split('/')[1] ?? 0) ? -1 : 1,
  );
  for (const [, { key, value, sha256: hash }] of entries) {
    const [first, source, partition, offset] = key.split('/');
    if (first === 'erasure') {
      const { places } = JSON.parse(value) as { places: Record<string, [string, string][]> };
      for (const [number, ranges] of Object.entries(places))
        for (const [from, to] of ranges)
          for (let at = BigInt(from); at <= BigInt(to); at += 1n) erased.add(`${number}/${at}`);
    }
    if (source !== topic) continue;
    if (hash === null) states.delete(`${partition}/${offset}`);
    else states.set(`${partition}/${offset}`, (JSON.parse(value) as { state: string }).state);
  }
  return { states, erased };
}

function findings(
  records: Map<string, Found>,
  rows: Map<string, string[]>,
  letters: Map<string, (string | null)[]>,
  { states: ledger, erased }: Ledger,
): string[] {
  const problems: string[] = [];
  for (const [place, { sha256: hash }] of records) {
    const held = rows.get(place) ?? [];
    const sent = letters.get(place) ?? [];
    // A letter whose record became a row by a replay is settled, if the ledger says so.
    const isOpen = sent.length > 0 && ledger.get(place) !== 'RESOLVED';
    const isErased = erased.has(place);
    if (isErased && sent.length > 0) problems.push(`${place}: erased, and a letter`);
    const states = Number(held.length > 0) + Number(isOpen) + Number(hash === null) + Number(isErased);
    if (ledger.get(place) === 'RESOLVED' && held.length === 0)
      problems.push(`${place}: resolved, and no row`);
    if (states === 0) problems.push(`${place}: neither a row nor a dead letter`);
    if (states > 1) problems.push(`${place}: in ${states} states`);
    if (held.length > 1) problems.push(`${place}: ${held.length} rows`);
    if (held.some((each) => each !== hash)) problems.push(`${place}: the row holds other bytes`);
    if (sent.some((each) => each !== hash)) problems.push(`${place}: the dead letter holds other bytes`);
  }
  for (const place of rows.keys()) if (!records.has(place)) problems.push(`${place}: a row without a record`);
  for (const place of letters.keys())
    if (!records.has(place)) problems.push(`${place}: a letter without a record`);
  return problems;
}

interface Account {
  readonly counts: Readonly<Record<string, number>>;
  readonly problems: readonly string[];
}

/** Counts one topic, and finds what is wrong with it. */
async function account(kafka: Kafka, topic: string, table: string): Promise<Account> {
  const [records, rows, sent, ledger] = await Promise.all([
    readTopic(kafka, topic),
    readRows(topic, table),
    readTopic(kafka, `${topic}-dlt`),
    readLedger(kafka, topic),
  ]);
  const letters = new Map<string, (string | null)[]>();
  for (const { sha256: hash, headers } of sent.values()) {
    const place = `${headers['dlt.src.partition']}/${headers['dlt.src.offset']}`;
    letters.set(place, [...(letters.get(place) ?? []), hash]);
  }
  const problems = findings(records, rows, letters, ledger);
  const skipped = [...records.values()].filter(({ sha256: hash }) => hash === null).length;
  const open = [...letters.keys()].filter((place) => ledger.states.get(place) !== 'RESOLVED').length;
  const erased = ledger.erased.size === 0 ? {} : { erased: ledger.erased.size };
  const counts = { produced: records.size, rows: rows.size, deadLetters: open, skipped, ...erased };
  return { counts: { ...counts, findings: problems.length }, problems };
}

const pairs = process.argv.slice(2);
if (pairs.length === 0 || pairs.length % 2 !== 0) {
  process.stderr.write(
    'usage: node stack/independent-account.ts TOPIC DATABASE.SCHEMA.TABLE [TOPIC TABLE …]\n',
  );
  process.exit(64);
}
const kafka = new Kafka({
  clientId: 'independent',
  brokers: (process.env.KAFKA_BROKER ?? '127.0.0.1:9092').split(','),
  logLevel: logLevel.NOTHING,
});
/** Most of an account is waiting for the broker. */
const AT_ONCE = 4;
let found = 0;
for (let at = 0; at < pairs.length; at += 2 * AT_ONCE) {
  const some = pairs.slice(at, at + 2 * AT_ONCE);
  const topics = some.filter((_, index) => index % 2 === 0);
  const accounts = topics.map((topic, index) => account(kafka, topic, String(some[2 * index + 1])));
  for (const { counts, problems } of await Promise.all(accounts)) {
    process.stdout.write(`${JSON.stringify(counts)}\n`);
    for (const problem of problems.slice(0, 20)) process.stderr.write(`${problem}\n`);
    found += problems.length;
  }
}
process.exit(found === 0 ? 0 : 1);
