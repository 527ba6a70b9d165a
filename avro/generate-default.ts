import { defaultOf } from '#avro/field-default.ts';
import { type GeneratedCode, GIVE_UP } from '#avro/generated-code.ts';
import type { Field } from '#avro/model.ts';

/**
 * An expression for the default of a field. What nobody can change is made once; the rest anew for each value. The
 * default of a field without one, or one that its type does not allow, gives up.
 */
export function fieldCode(field: Field, code: GeneratedCode): string {
  const make = defaultOf(field);
  if (make === null) return `${code.constant(throwGiveUp)}()`;
  let value: unknown;
  try {
    value = make('');
  } catch {
    return `${code.constant(throwGiveUp)}()`;
  }
  if (value === null) return 'null';
  if (typeof value !== 'object') return code.constant(value);
  if (Array.isArray(value) && value.length === 0) return '[]';
  return `${code.constant(make)}("")`;
}

function throwGiveUp(): never {
  throw GIVE_UP;
}
