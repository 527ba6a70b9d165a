import { expect, test } from 'vitest';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { exampleContract } from '#contract/example-contract.ts';
import { protectedColumns, protectionStatements } from '#snowflake/protection.ts';

const PLACE = { database: 'DB', schema: 'PUBLIC' };

const NAP = `{ "type": "record", "name": "Nap", "fields": [
  { "name": "user", "type": "string" },
  { "name": "minutes", "type": "int" },
  { "name": "heart", "type": ["null", "double"], "confluent:tags": ["HEALTH"] },
  { "name": "places", "type": { "type": "array", "items": { "type": "record", "name": "Place", "fields": [
    { "name": "city", "type": "string", "pii": true } ] } } } ] }`;
const contract = { ...exampleContract(NAP), person: 'user' };

test('a column is protected for a tag of its field, of anything in it, and where it names the person', () => {
  expect(protectedColumns(contract, [])).toEqual([
    { table: 'NAPS', column: 'USER', tag: 'PII', type: 'VARCHAR' },
    { table: 'NAPS', column: 'HEART', tag: 'HEALTH', type: 'FLOAT' },
    { table: 'NAPS', column: 'PLACES', tag: 'PII', type: 'VARIANT' },
    { table: 'NAPS', column: '_KEY', tag: 'PII', type: 'VARCHAR' },
  ]);
});

test('a field that was tagged once stays protected, also when it is gone', () => {
  const old = parseSchema(
    '{"type":"record","name":"Nap","fields":[{"name":"user","type":"string"},{"name":"phone","type":"string","pii":true}]}',
  ) as RecordSchema;
  const columns = protectedColumns(contract, [{ version: 1, schema: old }]).map(({ column }) => column);
  expect(columns).toContain('PHONE');
});

test('nothing that is not tagged is protected', () => {
  const plain = exampleContract('{"type":"record","name":"Nap","fields":[{"name":"user","type":"string"}]}');
  expect(protectedColumns(plain, [])).toEqual([]);
  expect(protectionStatements([], PLACE, ['ANALYST'])).toEqual([]);
});

test('one tag carries a policy for each type, and each column gets the tag', () => {
  const statements = protectionStatements(protectedColumns(contract, []), PLACE, ["O'NEIL", 'DOCTOR']);
  expect(statements[0]).toMatch(/^CREATE TAG IF NOT EXISTS "DB"."PUBLIC"."ZONER_PERSONAL" ALLOWED_VALUES/);
  expect(statements.filter((each) => each.startsWith('CREATE MASKING POLICY'))).toEqual([
    `CREATE MASKING POLICY IF NOT EXISTS "DB"."PUBLIC"."ZONER_PERSONAL_FLOAT" AS ("VAL" FLOAT) RETURNS FLOAT -> CASE WHEN IS_ROLE_IN_SESSION('O''NEIL') OR IS_ROLE_IN_SESSION('DOCTOR') THEN "VAL" ELSE NULL END`,
    `CREATE MASKING POLICY IF NOT EXISTS "DB"."PUBLIC"."ZONER_PERSONAL_VARCHAR" AS ("VAL" VARCHAR) RETURNS VARCHAR -> CASE WHEN IS_ROLE_IN_SESSION('O''NEIL') OR IS_ROLE_IN_SESSION('DOCTOR') THEN "VAL" ELSE '•••' END`,
    `CREATE MASKING POLICY IF NOT EXISTS "DB"."PUBLIC"."ZONER_PERSONAL_VARIANT" AS ("VAL" VARIANT) RETURNS VARIANT -> CASE WHEN IS_ROLE_IN_SESSION('O''NEIL') OR IS_ROLE_IN_SESSION('DOCTOR') THEN "VAL" ELSE NULL END`,
  ]);
  expect(statements.at(-1)).toBe(
    `ALTER TABLE "DB"."PUBLIC"."NAPS" ALTER COLUMN "_KEY" SET TAG "DB"."PUBLIC"."ZONER_PERSONAL" = 'PII'`,
  );
});
