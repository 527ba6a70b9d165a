import * as runtime from '#avro/encode-runtime.ts';
import { fieldCode } from '#avro/generate-default.ts';
import { putScalar } from '#avro/generate-put.ts';
import { GeneratedCode, quote } from '#avro/generated-code.ts';
import type { AvroSchema, EnumSchema, Field, RecordSchema, UnionSchema } from '#avro/model.ts';
import { unionForm } from '#avro/union-form.ts';
import { MAX_RECORD_DEPTH } from '#avro/value-check.ts';

/**
 * Writes the value at `start` and returns the place behind. Throws `FULL` where it comes past `limit`, behind which
 * `spare` bytes must be free, and whatever it likes on a value that does not fit.
 */
export type GeneratedEncoder = (bytes: Buffer, start: number, limit: number, value: unknown) => number;

const CALLS = { ...runtime };

/** Null where code may not be generated. */
export function generateEncoder(
  schema: AvroSchema,
): { readonly run: GeneratedEncoder; readonly characters: number; readonly spare: number } | null {
  const code = new GeneratedCode();
  const maker = new EncoderMaker(code, schema);
  const entry = code.name('encode');
  code.addFunction(entry, 'b, p, e, x', () => `const d = 0;\n${maker.value(schema, 'x', 0)}return p;`);
  const compiled = code.compile<GeneratedEncoder>(entry);
  return compiled === null ? null : { ...compiled, spare: maker.spare };
}

/** Each piece of code writes the value of an expression to `b` at `p`; `e` is the limit, `d` the records around. */
export class EncoderMaker {
  readonly code: GeneratedCode;
  readonly #shared: ReadonlySet<AvroSchema>;
  readonly #functions = new Map<string, string>();
  /** No piece of code writes more than this between two looks at the limit. */
  spare: number = runtime.SPARE;

  constructor(code: GeneratedCode, schema: AvroSchema) {
    this.code = code;
    this.#shared = sharedTypes(schema);
  }

  call(name: Exclude<keyof typeof runtime, 'SPARE' | 'SHORT_BYTES' | 'FULL'>): string {
    return this.code.constant(CALLS[name]);
  }

  refuseUnless(condition: string): string {
    return `if (!(${condition})) ${this.call('giveUp')}();\n`;
  }

  /** Notes that up to so many bytes are written without a look at the limit. */
  spend(bytes: number): void {
    this.spare += bytes;
  }

  value(schema: AvroSchema, given: string, depth: number): string {
    const isScalar = !('branches' in schema || 'items' in schema || 'values' in schema || 'fields' in schema);
    const tooLarge = this.code.countPart() && !isScalar;
    if (!tooLarge && !this.#shared.has(schema)) return this.inline(schema, given, depth, false);
    return `p = ${this.#functionOf(schema, false)}(b, p, e, ${given}, d + ${depth});\n`;
  }

  #functionOf(schema: AvroSchema, tagged: boolean): string {
    const key = `${this.code.constant(schema)} ${tagged}`;
    const known = this.#functions.get(key);
    if (known !== undefined) return known;
    const name = this.code.name('write');
    this.#functions.set(key, name);
    this.code.addFunction(name, 'b, p, e, x, d', () => {
      return `if (p > e) ${this.call('full')}();\n${this.inline(schema, 'x', 0, tagged)}return p;`;
    });
    return name;
  }

  inline(schema: AvroSchema, given: string, depth: number, tagged: boolean): string {
    switch (schema.type) {
      case 'record':
      case 'error':
        return this.#record(schema, given, depth, tagged);
      case 'union':
        return this.#union(schema, given, depth);
      case 'array': {
        const [size, index, item] = [this.code.name('n'), this.code.name('i'), this.code.name('x')];
        const body = this.code.nested(() => this.value(schema.items, item, depth));
        const loop = `for (let ${index} = 0; ${index} < ${size}; ${index}++) {\nif (p > e) ${this.call('full')}();\nconst ${item} = ${given}[${index}];\n${body}}\n`;
        return `${this.refuseUnless(`Array.isArray(${given})`)}const ${size} = ${given}.length;\n${this.#block(size, loop)}`;
      }
      case 'map': {
        const [size, key, item] = [this.code.name('n'), this.code.name('k'), this.code.name('x')];
        const body = this.code.nested(() => this.value(schema.values, item, depth));
        const check = this.refuseUnless(`${key} !== "__proto__"`);
        const put = `p = ${this.call('putText')}(b, p, e, ${key});\n`;
        const entry = `if (p > e) ${this.call('full')}();\n${check}${put}const ${item} = ${given}[${key}];\n${body}`;
        const loop = `for (const ${key} in ${given}) {\n${entry}}\n`;
        const counted = `const ${size} = ${this.call('mapSize')}(${given});\n`;
        return `${this.#isPlain(given)}${counted}${this.#block(size, loop)}`;
      }
      case 'enum':
        return this.#enum(schema, given);
      default:
        return putScalar(schema, given, this);
    }
  }

  /** The one block of an array or a map, and the empty one that ends it. */
  #block(size: string, loop: string): string {
    this.spend(6);
    const head = `if (${size} < 64) b[p++] = ${size} << 1;\nelse p = ${this.call('putVarint')}(b, p, 2 * ${size});\n`;
    return `if (p > e) ${this.call('full')}();\nif (${size} > 0) {\n${head}${loop}}\nb[p++] = 0;\n`;
  }

  /** As `isObject` in `value-check.ts`. Written out, since a function of this size has few calls inlined. */
  #isPlain(given: string): string {
    const prototype = this.code.name('o');
    const isObject = this.refuseUnless(`typeof ${given} === "object" && ${given} !== null`);
    const plain = `${prototype} === ${this.code.constant(Object.prototype)} || ${prototype} === null`;
    return `${isObject}const ${prototype} = Object.getPrototypeOf(${given});\n${this.refuseUnless(plain)}`;
  }

  #enum(schema: EnumSchema, given: string): string {
    this.spend(5);
    const index = this.code.name('i');
    if (schema.symbols.length > 16) {
      const table = this.code.constant(new Map(schema.symbols.map((symbol, at) => [symbol, at])));
      return `const ${index} = ${table}.get(${given});\n${this.refuseUnless(`${index} !== undefined`)}p = ${this.call('putVarint')}(b, p, 2 * ${index});\n`;
    }
    const cases = schema.symbols.map((symbol, at) => `case ${quote(symbol)}: b[p++] = ${2 * at}; break;\n`);
    return `switch (${given}) {\n${cases.join('')}default: ${this.call('giveUp')}();\n}\n`;
  }

  #union(schema: UnionSchema, given: string, depth: number): string {
    this.spend(5);
    const { branches } = schema;
    const putIndex = (branch: AvroSchema): string => this.#putIndex(branches.indexOf(branch));
    const union = unionForm(schema);
    const nullIndex = this.#putIndex(branches.findIndex(({ type }) => type === 'null'));
    const ifNull = union.nullable ? `if (${given} === null) {\n${nullIndex}} else ` : '';
    if (union.form === 'plain') {
      const { branch } = union;
      if (branch === null) return `${ifNull}${this.call('giveUp')}();\n`;
      return `${ifNull}{\n${putIndex(branch)}${this.code.nested(() => this.value(branch, given, depth))}}\n`;
    }
    const cases = [...union.kinds].map(([kind, branch]) =>
      this.code.nested(() => {
        const inner =
          union.form === 'records'
            ? this.#taggedRecord(branch as RecordSchema, given, depth)
            : this.#taggedValue(branch, given, depth);
        return `case ${quote(kind)}: {\n${putIndex(branch)}${inner}break;\n}\n`;
      }),
    );
    return `${ifNull}{\n${this.#isPlain(given)}switch (${given}.kind) {\n${cases.join('')}default: ${this.call('giveUp')}();\n}\n}\n`;
  }

  #putIndex(index: number): string {
    return index < 64 ? `b[p++] = ${2 * index};\n` : `p = ${this.call('putVarint')}(b, p, ${2 * index});\n`;
  }

  #taggedRecord(branch: RecordSchema, given: string, depth: number): string {
    if (!this.code.countPart() && !this.#shared.has(branch)) return this.inline(branch, given, depth, true);
    return `p = ${this.#functionOf(branch, true)}(b, p, e, ${given}, d + ${depth});\n`;
  }

  #taggedValue(branch: AvroSchema, given: string, depth: number): string {
    const inner = this.code.name('x');
    const check = this.refuseUnless(`${this.call('propertyCount')}(${given}) === 2`);
    const own = this.refuseUnless(`Object.hasOwn(${given}, "value") && Object.hasOwn(${given}, "kind")`);
    return `${check}${own}const ${inner} = ${given}.value;\n${this.value(branch, inner, depth)}`;
  }

  #record(schema: RecordSchema, given: string, depth: number, tagged: boolean): string {
    const count = this.code.name('n');
    const depthCheck = `if (d + ${depth} >= ${MAX_RECORD_DEPTH}) ${this.call('giveUp')}();\n`;
    // What is tagged has been found to be an object before its kind was read.
    const isObject = tagged ? '' : this.#isPlain(given);
    const total = schema.fields.length + (tagged ? 1 : 0);
    const fields = schema.fields.map((field) => this.#field(field, given, count, depth + 1));
    // Inherited properties are counted too: a value that has some is left to the interpreter.
    const counted = `let ${count} = 0;\nfor (const _ in ${given}) ${count} += 1;\n`;
    return `${depthCheck}${isObject}${counted}${fields.join('')}${this.refuseUnless(`${count} === ${total}`)}`;
  }

  #field(field: Field, given: string, count: string, depth: number): string {
    const value = this.code.name('x');
    const key = quote(field.name);
    // Every object has these from its prototype.
    const inherited = field.name in Object.prototype;
    const read = inherited
      ? `Object.hasOwn(${given}, ${key}) ? ${given}[${key}] : undefined`
      : `${given}[${key}]`;
    const put = this.value(field.schema, value, depth);
    if (field.default === undefined) return `const ${value} = ${read};\n${put}`;
    const missing = `if (!Object.hasOwn(${given}, ${key})) ${count} += 1;\n${value} = ${fieldCode(field, this.code)};\n`;
    return `let ${value} = ${read};\nif (${value} === undefined) {\n${missing}}\n${put}`;
  }
}

/** The records that a schema comes to from several places, or from inside themselves. */
function sharedTypes(schema: AvroSchema): ReadonlySet<AvroSchema> {
  const seen = new Set<AvroSchema>();
  const shared = new Set<AvroSchema>();
  const open: AvroSchema[] = [schema];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.type === 'record' || next.type === 'error') {
      if (seen.has(next)) shared.add(next);
      else open.push(...next.fields.map((field) => field.schema));
      seen.add(next);
    } else if (next.type === 'union') open.push(...next.branches);
    else if (next.type === 'array') open.push(next.items);
    else if (next.type === 'map') open.push(next.values);
  }
  return shared;
}
