import type { AvroSchema } from '#avro/model.ts';
import { unionForm } from '#avro/union-form.ts';
import {
  branchPlace,
  type Compare,
  DIFFERENT,
  type Emit,
  NARROWER,
  type Place,
  SAME,
  WIDER,
} from '#check/diff/change.ts';
import { describe, diffScalars, isLossy, promotes } from '#check/diff/diff-scalars.ts';

/** What stands alone is a union of one. */
function branchesOf(schema: AvroSchema): readonly AvroSchema[] {
  return schema.type === 'union' ? schema.branches : [schema];
}

function isSame(old: AvroSchema, now: AvroSchema): boolean {
  if ('fullName' in old && 'fullName' in now)
    return old.type === now.type && (old.name === now.name || now.aliases.includes(old.fullName));
  return old.type === now.type;
}

/** Two schemas of which at least one is a union. */
export function diffUnions(
  old: AvroSchema,
  now: AvroSchema,
  place: Place,
  compare: Compare,
  emit: Emit,
): void {
  const [olds, nows] = [branchesOf(old), branchesOf(now)];
  nullability(old, now, place, emit);
  const [from, to] = [olds, nows].map((all) => all.filter(({ type }) => type !== 'null'));
  pairBranches(from ?? [], to ?? [], place, compare, emit, [old, now]);
  promotion(olds, nows, place, emit);
  promotion(nows, olds, place, emit);
  if (formOf(old) !== formOf(now)) {
    emit('UNION_FORM_CHANGED', place, {
      message: `values were ${formOf(old)}, and are ${formOf(now)} in code now`,
      remedy: 'Keep the number of branches, or add a field with a default beside it.',
      typescript: DIFFERENT,
      nodes: [],
    });
  }
}

function nullability(old: AvroSchema, now: AvroSchema, place: Place, emit: Emit): void {
  const [olds, nows] = [branchesOf(old), branchesOf(now)];
  const [was, is] = [olds, nows].map((all) => all.find(({ type }) => type === 'null'));
  if ((was === undefined) === (is === undefined)) return;
  if (is !== undefined) {
    emit('MADE_NULLABLE', place, {
      message: 'it may now be null, which readers of older versions refuse',
      remedy: 'Upgrade every reader before the first writer that gives null.',
      typescript: WIDER,
      nodes: [old, ...olds, is],
    });
  } else if (was !== undefined) {
    emit('MADE_REQUIRED', place, {
      message: 'it may no longer be null, and records that hold null cannot be read',
      remedy: 'Keep null as a branch.',
      typescript: NARROWER,
      nodes: [now, ...nows, was],
    });
  }
}

function pairBranches(
  olds: readonly AvroSchema[],
  nows: readonly AvroSchema[],
  place: Place,
  compare: Compare,
  emit: Emit,
  unions: readonly AvroSchema[],
): void {
  const pairs = nows.flatMap((now) => {
    const old = olds.find((each) => isSame(each, now));
    return old === undefined ? [] : [{ old, now }];
  });
  const lost = olds.filter((each) => !pairs.some(({ old }) => old === each));
  const won = nows.filter((each) => !pairs.some(({ now }) => now === each));
  const [onlyLost, onlyWon] = [lost[0], won[0]];
  const several = Math.max(olds.length, nows.length) > 1;
  for (const { old, now } of pairs) compare(old, now, branchPlace(place, now, several));
  if (lost.length === 1 && won.length === 1 && onlyLost !== undefined && onlyWon !== undefined) {
    // One branch for another: what it became says more than that one went and one came.
    const there = { ...place, position: onlyWon.position };
    if (isPrimitiveType(onlyLost) && isPrimitiveType(onlyWon)) {
      // The verdict on the wire names the union, so the change of the branch owns it, too.
      diffScalars(onlyLost, onlyWon, there, (rule, where, facts) =>
        emit(rule, where, { ...facts, nodes: [...facts.nodes, ...unions] }),
      );
      return;
    }
    compare(onlyLost, onlyWon, there);
    emitUnionOf(onlyLost, onlyWon, place, emit, unions);
    return;
  }
  for (const branch of won) {
    emit(
      'UNION_BRANCH_ADDED',
      { ...place, position: branch.position },
      {
        message: `it may now be ${describe(branch)}, which readers of older versions refuse`,
        remedy: 'Upgrade every reader before the first writer that uses it.',
        typescript: WIDER,
        nodes: [...unions, branch],
      },
    );
  }
  for (const branch of lost) {
    emit('UNION_BRANCH_REMOVED', place, {
      message: `it may no longer be ${describe(branch)}, and records that hold one cannot be read`,
      remedy: `Keep ${describe(branch)} as a branch as long as a topic holds records with it.`,
      typescript: NARROWER,
      nodes: [...unions, branch],
    });
  }
  const order = pairs.map(({ old }) => olds.indexOf(old));
  if (order.some((index, at) => at > 0 && index < (order[at - 1] ?? 0))) {
    const message = 'the branches stand in another order';
    emit('UNION_REORDERED', place, { message, remedy: 'Nothing to correct.', typescript: SAME, nodes: [] });
  }
}

function isPrimitiveType(schema: AvroSchema): boolean {
  return !('fullName' in schema || schema.type === 'array' || schema.type === 'map');
}

/** The verdict on the wire names the union, not the branch: the change of the branch has to own it. */
function emitUnionOf(
  old: AvroSchema,
  now: AvroSchema,
  place: Place,
  emit: Emit,
  unions: readonly AvroSchema[],
): void {
  if (unions.every(({ type }) => type !== 'union')) return;
  emit(
    'UNION_BRANCH_ADDED',
    { ...place, position: now.position },
    {
      message: `${describe(old)} as a branch became ${describe(now)}`,
      remedy: `Keep ${describe(old)} as a branch, and append ${describe(now)}.`,
      typescript: DIFFERENT,
      nodes: unions,
    },
  );
}

/** A reader's union takes a whole number into the first branch that it can become, even if a later one keeps it. */
function promotion(
  writers: readonly AvroSchema[],
  readers: readonly AvroSchema[],
  place: Place,
  emit: Emit,
): void {
  for (const writer of writers) {
    if (readers.some((reader) => isSame(writer, reader))) continue;
    const fits = readers.filter((reader) => promotes(writer, reader));
    const [first] = fits;
    if (first === undefined || !isLossy(writer, first)) continue;
    if (!fits.some((reader) => !isLossy(writer, reader))) continue;
    emit('INT_READ_AS_FLOAT', place, {
      message: `${writer.type} is read as ${first.type}, the first branch that takes it, and loses digits`,
      remedy: `Put ${writer.type} into the union, or a branch that keeps all digits before ${first.type}.`,
      typescript: SAME,
      nodes: [],
    });
  }
}

function formOf(schema: AvroSchema): string {
  if (schema.type !== 'union') return 'plain';
  const { form } = unionForm(schema);
  return form === 'plain' ? 'plain' : form === 'records' ? 'records with kind' : '{ kind, value }';
}
