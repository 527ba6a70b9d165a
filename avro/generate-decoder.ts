import * as runtime from '#avro/decode-runtime.ts';
import { fieldCode } from '#avro/generate-default.ts';
import { scalarCode } from '#avro/generate-scalar.ts';
import { generateSkip, skipRecord } from '#avro/generate-skip.ts';
import { GeneratedCode, propertyKey, quote } from '#avro/generated-code.ts';
import type { RecordSchema } from '#avro/model.ts';
import type { Plan, RecordPlan } from '#avro/plan.ts';
import { sharedRecords } from '#avro/shared-records.ts';
import { TextCache } from '#avro/text-cache.ts';
import { MAX_RECORD_DEPTH } from '#avro/value-check.ts';

/**
 * Reads the value at `start`, which ends exactly at `end`. Throws whatever it likes on anything else: the interpreter
 * then finds out what is wrong.
 */
export type GeneratedDecoder = (bytes: Buffer, start: number, end: number) => unknown;

const CALLS = { ...runtime };

/** What a character of the text takes as text, bytecode and machine code, roughly. */
const BYTES_PER_CHARACTER = 12;

/** `weight` is roughly the memory that it keeps, in bytes. Null where code may not be generated. */
export function generateDecoder(
  plan: Plan,
): { readonly run: GeneratedDecoder; readonly weight: number } | null {
  const code = new GeneratedCode();
  const maker = new DecoderMaker(code, sharedRecords(plan));
  const entry = maker.entry(plan);
  const compiled = code.compile<GeneratedDecoder>(entry);
  if (compiled === null) return null;
  const weight = BYTES_PER_CHARACTER * compiled.characters + TextCache.MOST_BYTES * maker.textCaches;
  return { run: compiled.run, weight };
}

/**
 * Each piece of code reads from `b` at `p`, may call what leaves the next place in `at.at`, and ends with the value in
 * a variable. `e` is the end of the payload and `d` the number of records around.
 */
export class DecoderMaker {
  readonly code: GeneratedCode;
  readonly #shared: ReadonlySet<RecordPlan>;
  /** The functions of plans that have one, by plan. */
  readonly #functions = new Map<Plan, string>();
  readonly #skips = new Map<RecordSchema, string>();
  readonly at: string;
  textCaches = 0;

  constructor(code: GeneratedCode, shared: ReadonlySet<RecordPlan>) {
    this.code = code;
    this.#shared = shared;
    this.at = `${code.constant(runtime.place)}.at`;
  }

  /** The name under which the code calls a function of the runtime. */
  call(name: Exclude<keyof typeof runtime, 'place'>): string {
    return this.code.constant(CALLS[name]);
  }

  textCache(): string {
    this.textCaches += 1;
    return this.code.constant(new TextCache());
  }

  entry(plan: Plan): string {
    const name = this.code.name('decode');
    const place = this.code.constant(runtime.place);
    this.code.addFunction(name, 'b, p, e', () => {
      const value = this.value(plan, 0);
      return `const d = 0;\n${place}.emptyItems = 0;\n${value.text}if (p !== e) ${this.call('giveUp')}();\nreturn ${value.name};`;
    });
    return name;
  }

  /** Code that reads one value into the variable of this name; `depth` counts the inlined records around. */
  value(plan: Plan, depth: number): Piece {
    if (plan.do === 'scalar') return scalarCode(plan, this);
    const tooLarge = this.code.countPart() && plan.do !== 'refuse' && plan.do !== 'enum';
    const isShared = plan.do === 'record' && this.#shared.has(plan);
    if (!tooLarge && !isShared) return this.inline(plan, depth);
    const name = this.code.name('v');
    const text = `const ${name} = ${this.#functionOf(plan)}(b, p, e, d + ${depth});\np = ${this.at};\n`;
    return { name, text };
  }

  #functionOf(plan: Plan): string {
    const known = this.#functions.get(plan);
    if (known !== undefined) return known;
    const name = this.code.name('read');
    this.#functions.set(plan, name);
    this.code.addFunction(name, 'b, p, e, d', () => {
      const value = this.inline(plan, 0);
      return `if (p > e) ${this.call('giveUp')}();\n${value.text}${this.at} = p;\nreturn ${value.name};`;
    });
    return name;
  }

  /** The function that passes over a record. */
  skipFunction(schema: RecordSchema): string {
    const known = this.#skips.get(schema);
    if (known !== undefined) return known;
    const name = this.code.name('skip');
    this.#skips.set(schema, name);
    this.code.addFunction(name, 'b, p, e, d', () => skipRecord(schema, this));
    return name;
  }

  inline(plan: Plan, depth: number): Piece {
    switch (plan.do) {
      case 'scalar':
        return scalarCode(plan, this);
      case 'enum': {
        const name = this.code.name('v');
        const table = this.code.constant(plan.symbols);
        const refuse = plan.symbols.includes(null) ? `if (${name} === null) ${this.call('giveUp')}();\n` : '';
        return {
          name,
          text: `${this.index(name, plan.symbols.length)}${name} = ${table}[${name} >>> 1];\n${refuse}`,
        };
      }
      case 'tag': {
        const inner = this.value(plan.value, depth);
        const name = this.code.name('v');
        return {
          name,
          text: `${inner.text}const ${name} = { kind: ${quote(plan.kind)}, value: ${inner.name} };\n`,
        };
      }
      case 'union':
        return this.#union(plan.branches, depth);
      case 'array':
        return this.#array(plan.item, depth);
      case 'map':
        return this.#map(plan.value, depth);
      case 'record':
        return this.#record(plan, depth);
      default:
        return { name: 'undefined', text: `${this.call('giveUp')}();\n` };
    }
  }

  /** Reads an index below `count`, doubled as zig-zag has it, into a new variable. */
  index(name: string, count: number): string {
    const check = `if (!(${name} < ${2 * count}) || (${name} & 1) === 1) ${this.call('giveUp')}();\n`;
    return `${this.varint(name)}${check}`;
  }

  /** Reads a varint of 32 bits into a new variable. */
  varint(name: string): string {
    const longer = `{ ${name} = ${this.call('varint')}(b, p - 1); p = ${this.at}; }`;
    return `let ${name} = b[p++];\nif (${name} > 127) ${longer}\n`;
  }

  #union(branches: readonly Plan[], depth: number): Piece {
    const name = this.code.name('v');
    const index = this.code.name('i');
    const cases = branches.map((branch, at) =>
      this.code.nested(() => {
        const { text, name: value } = this.value(branch, depth);
        return `case ${2 * at}: {\n${text}${name} = ${value};\nbreak;\n}\n`;
      }),
    );
    const text = `let ${name};\n${this.varint(index)}switch (${index}) {\n${cases.join('')}default: ${this.call('giveUp')}();\n}\n`;
    return { name, text };
  }

  #array(item: Plan, depth: number): Piece {
    const name = this.code.name('v');
    const body = this.code.nested(() => {
      const { text, name: value } = this.value(item, depth);
      return `${text}${name}.push(${value});\n`;
    });
    return { name, text: `const ${name} = [];\n${this.blocks(body, mayBeEmpty(item))}` };
  }

  #map(value: Plan, depth: number): Piece {
    const name = this.code.name('v');
    const key = this.code.name('k');
    const cache = this.textCache();
    const body = this.code.nested(() => {
      const inner = this.value(value, depth);
      const check = `if (${key} === "__proto__") ${this.call('giveUp')}();\n`;
      return `const ${key} = ${cache}.read(b, p, e);\np = ${this.at};\n${check}${inner.text}${name}[${key}] = ${inner.name};\n`;
    });
    return { name, text: `const ${name} = Object.create(null);\n${this.blocks(body, false)}` };
  }

  /** The same code, which also counts if it has read no bytes. */
  #countingEmpty(text: string): string {
    const before = this.code.name('q');
    return `const ${before} = p;\n${text}if (p === ${before}) ${this.call('countEmptyItem')}();\n`;
  }

  /** A loop over the items of all blocks. */
  blocks(item: string, countEmpty: boolean): string {
    const [count, end] = [this.code.name('n'), this.code.name('z')];
    const guarded = countEmpty ? this.#countingEmpty(item) : item;
    const giveUp = this.call('giveUp');
    return `for (;;) {
let ${count} = b[p++], ${end} = 0;
if (${count} === 0) break;
if (${count} < 128 && (${count} & 1) === 0) ${count} >>= 1;
else {
${count} = ${this.call('count')}(b, p - 1); p = ${this.at};
if (${count} === 0) break;
if (${count} < 0) { ${count} = -${count}; ${end} = ${this.call('length')}(b, p, e); p = ${this.at}; ${end} += p; }
}
for (; ${count} > 0; ${count}--) {
if (p > e) ${giveUp}();
${guarded}}
if (${end} !== 0 && ${end} !== p) ${giveUp}();
}
`;
  }

  #record(plan: RecordPlan, depth: number): Piece {
    const names: string[] = [];
    let text = `if (d + ${depth} >= ${MAX_RECORD_DEPTH}) ${this.call('giveUp')}();\n`;
    for (const step of plan.steps) {
      if (step.to === null) text += generateSkip(step.skip, this, depth + 1);
      else {
        const piece = this.value(step.plan, depth + 1);
        names[step.to] = piece.name;
        text += piece.text;
      }
    }
    const members = plan.kind === null ? [] : [`kind: ${quote(plan.kind)}`];
    for (const [index, { field, missing }] of plan.fields.entries()) {
      const value = missing ? fieldCode(field, this.code) : names[index];
      members.push(`${propertyKey(field.name)}: ${value}`);
    }
    if (plan.steps.length > 0 && mayBeEmpty(plan)) text = this.#countingEmpty(text);
    const name = this.code.name('v');
    return { name, text: `${text}const ${name} = { ${members.join(', ')} };\n` };
  }
}

export interface Piece {
  readonly name: string;
  readonly text: string;
}

/** True if a value may take no bytes at all. What contains itself is said to, and then counted by its bytes. */
function mayBeEmpty(plan: Plan, known: Map<Plan, boolean> = new Map()): boolean {
  if (plan.do === 'scalar')
    return plan.writer.type === 'null' || ('size' in plan.writer && plan.writer.size === 0);
  if (plan.do === 'tag') return mayBeEmpty(plan.value, known);
  if (plan.do !== 'record') return false;
  const before = known.get(plan);
  if (before !== undefined) return before;
  known.set(plan, true);
  const none = plan.steps.every((step) =>
    step.to === null ? skipsNothing(step.skip) : mayBeEmpty(step.plan, known),
  );
  known.set(plan, none);
  return none;
}

function skipsNothing(schema: { readonly type: string; readonly size?: number }): boolean {
  return schema.type === 'null' || schema.type === 'record' || schema.type === 'error' || schema.size === 0;
}
