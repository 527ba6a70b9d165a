import { fingerprint } from '#avro/fingerprint.ts';
import type { RecordSchema } from '#avro/model.ts';
import { parseSchema } from '#avro/parse.ts';
import { judgeContract } from '#check/judge-contract.ts';
import { FIELD_CHANGES } from '#check/matrix/fields.ts';
import type { Row } from '#check/matrix/row.ts';
import { TYPE_CHANGES } from '#check/matrix/types.ts';
import { planWarehouse } from '#check/plan-warehouse.ts';
import type { ContractVerdict } from '#check/verdict.ts';
import { exampleContract } from '#contract/example-contract.ts';

/** Every kind of change, and what it does: the table that the project promises to keep. */
export const MATRIX: Readonly<Record<string, Row>> = { ...FIELD_CHANGES, ...TYPE_CHANGES };

const PLACE = { database: 'DB', schema: 'S' };

/** The verdict on a contract whose one registered version has the old schema. */
export function judgeRow([old, now]: Row['of']): ContractVerdict {
  const schema = parseSchema(JSON.stringify(old)) as RecordSchema;
  const version = { label: 'version 1', id: 7, schema, fingerprint: fingerprint(schema) };
  return judgeContract(
    exampleContract(JSON.stringify(now)),
    { against: 'the test', versionsOf: () => [version] },
    {
      today: '2026-11-24',
      env: null,
      planWarehouse: (contract, history) => planWarehouse(contract, history, PLACE),
      positionOfWaiver: () => schema.position,
    },
  );
}
