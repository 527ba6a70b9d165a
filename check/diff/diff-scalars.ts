import type { AvroSchema, LogicalType } from '#avro/model.ts';
import { PROMOTIONS } from '#avro/resolve.ts';
import { type Emit, type Place, SAME } from '#check/diff/change.ts';
import { diffDocs } from '#check/diff/diff-docs.ts';
import { typeEffect, typeText } from '#check/diff/type-text.ts';
import type { ChangeRule } from '#check/rules.ts';

/** Types that are not of one kind, or that have no parts. */
export function diffScalars(old: AvroSchema, now: AvroSchema, place: Place, emit: Emit): void {
  if (old.type !== now.type) {
    const [from, to] = [describe(old), describe(now)];
    const { rule, message, remedy } = baseChange(old, now, from, to);
    emit(rule, place, { message, remedy, typescript: typeEffect(old, now), nodes: [old, now] });
  } else if (!('fullName' in old) && !('fullName' in now)) {
    diffDocs(
      { doc: null, attributes: old.attributes },
      { doc: null, attributes: now.attributes },
      place,
      emit,
    );
  }
  diffLogical(old, now, place, emit);
}

function baseChange(old: AvroSchema, now: AvroSchema, from: string, to: string) {
  const keep = `Keep ${from}; add a field of type ${to} with a default beside it.`;
  if (isTextAndBytes(old, now)) {
    const message = `${from} became ${to}: the bytes stay, and every value in code changes`;
    return { rule: 'STRING_BYTES_SWAPPED', message, remedy: keep } as const;
  }
  if (promotes(old, now)) {
    const message = `${from} became ${to}: readers of older versions cannot read it`;
    const remedy = `Upgrade every reader before the first writer. Otherwise: ${keep}`;
    return { rule: isLossy(old, now) ? 'LOSSY_PROMOTION' : 'TYPE_WIDENED', message, remedy } as const;
  }
  if (promotes(now, old)) {
    const message = `${from} became ${to}: records written as ${from} cannot be read`;
    return { rule: 'TYPE_NARROWED', message, remedy: keep } as const;
  }
  return { rule: 'TYPE_CHANGED', message: `${from} became ${to}`, remedy: keep } as const;
}

function isTextAndBytes(old: AvroSchema, now: AvroSchema): boolean {
  return promotes(old, now) && promotes(now, old);
}

export function promotes(from: AvroSchema, to: AvroSchema): boolean {
  return PROMOTIONS[from.type]?.includes(to.type) === true;
}

/** A float holds 24 bits of a whole number, a double 53 (IEEE 754). */
export function isLossy(from: AvroSchema, to: AvroSchema): boolean {
  return (from.type === 'int' && to.type === 'float') || (from.type === 'long' && isFloating(to));
}

function isFloating({ type }: AvroSchema): boolean {
  return type === 'float' || type === 'double';
}

/** `decimal(9,2)`, `timestamp-millis`, `n.Meal`, `array`. */
export function describe(schema: AvroSchema): string {
  const logical = logicalOf(schema);
  if (logical !== null) return describeLogical(logical);
  return 'fullName' in schema ? `${schema.type} ${schema.name}` : schema.type;
}

function describeLogical(logical: LogicalType): string {
  return logical.name === 'decimal' ? `decimal(${logical.precision},${logical.scale})` : logical.name;
}

function logicalOf(schema: AvroSchema): LogicalType | null {
  return 'logicalType' in schema ? schema.logicalType : null;
}

/** What the values mean. Java's comparison does not look at it. */
export function diffLogical(old: AvroSchema, now: AvroSchema, place: Place, emit: Emit): void {
  const [from, to] = [logicalOf(old), logicalOf(now)];
  const rule = logicalRule(from, to);
  if (rule === null) return;
  const [before, after] = [old, now].map((each) => describe(each));
  // Where the base type changed, too, the remedy of that change says it.
  emit(rule, place, {
    message: MESSAGES[rule]?.(before ?? '', after ?? '') ?? `${before} became ${after}`,
    remedy: REMEDIES[rule] ?? `Keep ${before}; add a field of type ${after} with a default beside it.`,
    typescript: typeText(old) === typeText(now) ? SAME : typeEffect(old, now),
    nodes: [old, now],
  });
}

type LogicalRule = Extract<
  ChangeRule,
  | 'DECIMAL_SCALE_CHANGED'
  | 'DECIMAL_PRECISION_WIDENED'
  | 'DECIMAL_PRECISION_NARROWED'
  | 'TIMESTAMP_UNIT_CHANGED'
  | 'LOGICAL_TYPE_ADDED'
  | 'LOGICAL_TYPE_REMOVED'
  | 'LOGICAL_TYPE_CHANGED'
  | 'UUID_ADDED'
  | 'UUID_REMOVED'
>;

const MESSAGES: Partial<Record<LogicalRule, (before: string, after: string) => string>> = {
  DECIMAL_SCALE_CHANGED: (before, after) =>
    `${before} became ${after}: old bytes are read with the decimal point at another digit`,
  TIMESTAMP_UNIT_CHANGED: (before, after) => `${before} became ${after}: the same number is another time`,
  LOGICAL_TYPE_ADDED: (_, after) => `plain values are read as ${after}`,
  LOGICAL_TYPE_REMOVED: (before, after) => `values of ${before} are read as plain ${after}`,
  UUID_ADDED: () => 'text is read as a UUID; what is none refuses its record',
};

const REMEDIES: Partial<Record<LogicalRule, string>> = {
  DECIMAL_PRECISION_WIDENED: 'Nothing to correct.',
  DECIMAL_PRECISION_NARROWED: 'Keep the precision, unless no record has more digits.',
  UUID_ADDED: 'Check with: zoner check --topic',
  UUID_REMOVED: 'Nothing to correct.',
};

function logicalRule(from: LogicalType | null, to: LogicalType | null): LogicalRule | null {
  if (from === null && to === null) return null;
  if (from === null) return to?.name === 'uuid' ? 'UUID_ADDED' : 'LOGICAL_TYPE_ADDED';
  if (to === null) return from.name === 'uuid' ? 'UUID_REMOVED' : 'LOGICAL_TYPE_REMOVED';
  if (from.name === 'decimal' && to.name === 'decimal') {
    if (from.scale !== to.scale) return 'DECIMAL_SCALE_CHANGED';
    if (from.precision === to.precision) return null;
    return from.precision < to.precision ? 'DECIMAL_PRECISION_WIDENED' : 'DECIMAL_PRECISION_NARROWED';
  }
  if (from.name === to.name) return null;
  return kindOfTime(from) === kindOfTime(to) ? 'TIMESTAMP_UNIT_CHANGED' : 'LOGICAL_TYPE_CHANGED';
}

/** `local-timestamp-micros` -> `local-timestamp`; of what has no unit, the name. */
function kindOfTime({ name }: LogicalType): string {
  return name.replace(/-(millis|micros|nanos)$/, '');
}
