import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { bodySchema, type SchemaJson } from '#api/body-schema.ts';
import { type FieldProblem, Refusal } from '#api/problem.ts';
import { fromJson } from '#avro/from-json.ts';
import { parseSchema } from '#avro/parse.ts';
import { isZonerError } from '#core/errors.ts';
import type { ContractValue } from '#generated/contract-value.ts';

export const MOST_RECORDS = 500;
/** A person's name is the key of their records and part of paths. */
export const LONGEST_USER_ID = 200;
/** More than a person reads; a body full of mistakes costs no more than this. */
const MOST_PROBLEMS = 100;

/** Reads bodies of one contract: an object, or an array of 1 to 500. */
export type ReadBody<Write> = (body: unknown) => Write[];

/**
 * Reads a body by the contract's generated JSON Schema and then by its codec.
 * @returns a function that throws a Refusal (400) with each field that is wrong
 */
export function createReadBody<Read, Write extends { userId: string }>(
  contract: ContractValue<Read, Write>,
  jsonSchema: SchemaJson,
): ReadBody<Write> {
  const ajv = new Ajv2020({
    allErrors: true,
    discriminator: true,
    strict: true,
    strictRequired: false,
    strictTypes: false,
  });
  const validate = ajv.compile(bodySchema(jsonSchema, contract.schema));
  const schema = parseSchema(contract.schema);
  const readOne = (json: unknown, at: string): { readonly value: Write } | readonly FieldProblem[] => {
    const problems = problemsOf(validate, json, at);
    if (problems.length > 0) return problems;
    try {
      return { value: fromJson(schema, json) as Write };
    } catch (error) {
      if (!isZonerError(error, 'VALUE_INVALID')) throw error;
      return [{ pointer: at, message: error.message }];
    }
  };
  return (body) => {
    const isList = Array.isArray(body);
    const items: readonly unknown[] = isList ? body : [body];
    if (items.length < 1 || items.length > MOST_RECORDS)
      refuseFields([{ pointer: '', message: `1 to ${MOST_RECORDS} records are needed` }]);
    const values: Write[] = [];
    const problems: FieldProblem[] = [];
    for (const [index, item] of items.entries()) {
      const read = readOne(item, isList ? `/${index}` : '');
      if ('value' in read) values.push(read.value);
      else problems.push(...read);
      if (problems.length >= MOST_PROBLEMS) break;
    }
    if (problems.length > 0) refuseFields(problems);
    return values;
  };
}

function refuseFields(problems: readonly FieldProblem[]): never {
  const shown = problems.slice(0, MOST_PROBLEMS);
  throw new Refusal(400, 'The body does not keep its contract: see errors. Nothing was accepted.', {
    errors: shown,
  });
}

function problemsOf(validate: ValidateFunction, json: unknown, at: string): readonly FieldProblem[] {
  const found = new Map<string, FieldProblem>();
  if (!validate(json)) {
    for (const error of validate.errors ?? []) {
      const pointer = `${at}${pointerOf(error)}`;
      const message = messageOfError(error);
      if (message !== null && found.size < MOST_PROBLEMS)
        found.set(`${pointer} ${message}`, { pointer, message });
    }
  }
  const { userId } = (json ?? {}) as { readonly userId?: unknown };
  if (typeof userId === 'string' && (userId.length < 1 || userId.length > LONGEST_USER_ID)) {
    const message = `a name of 1 to ${LONGEST_USER_ID} characters is needed`;
    found.set('userId', { pointer: `${at}/userId`, message });
  }
  return [...found.values()];
}

/** The place of a field, also of one that is missing. What is there too much is not quoted: it may be anything. */
function pointerOf({ instancePath, keyword, params }: ErrorObject): string {
  return keyword === 'required' ? `${instancePath}/${params.missingProperty}` : instancePath;
}

function messageOfError({ keyword, params, schemaPath, message }: ErrorObject): string | null {
  switch (keyword) {
    case 'required':
      return 'is missing';
    case 'additionalProperties':
      return 'has a property that the contract does not know';
    case 'enum':
      return `must be one of ${(params.allowedValues as readonly unknown[]).join(', ')}`;
    case 'pattern':
      return `must be the JSON form of ${/\$defs\/([^/]+)\/pattern$/.exec(schemaPath)?.[1] ?? 'its type'}`;
    case 'discriminator':
      return 'kind must name one of the kinds of the contract';
    case 'oneOf':
    case 'anyOf':
      return 'must be one of the forms that the contract allows';
    default:
      return message ?? 'does not keep its contract';
  }
}
