/** Thrown by generated code where it cannot go on: the interpreter then says why, or does the work. */
export const GIVE_UP = Object.freeze({ message: 'generated code gives up' });

/** One item of generated code takes its own function beyond this depth of nesting, or this number of parts. */
const MAX_NESTING = 6;
const MAX_PARTS = 120;

/**
 * Collects the text of generated functions. Text of a schema enters it only through `quote`; everything else that comes
 * from outside (defaults, tables, logical types) is handed over as a constant, by reference.
 */
export class GeneratedCode {
  readonly #constants = new Map<unknown, string>();
  readonly #functions: string[] = [];
  #names = 0;
  #nesting = 0;
  #parts = 0;

  /** A name that no other part of this code has. */
  name(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }

  /** The name under which the code finds a value of this process. */
  constant(value: unknown): string {
    const name = this.#constants.get(value) ?? `c${this.#constants.size}`;
    this.#constants.set(value, name);
    return name;
  }

  /** Adds a function whose text is made by `body`, which starts with nothing around it. */
  addFunction(name: string, parameters: string, body: () => string): void {
    const outside = { nesting: this.#nesting, parts: this.#parts };
    this.#nesting = 0;
    this.#parts = 0;
    this.#functions.push(`function ${name}(${parameters}) {\n${body()}\n}`);
    this.#nesting = outside.nesting;
    this.#parts = outside.parts;
  }

  /** Counts one part of the current function; true if it had better be a function of its own. */
  countPart(): boolean {
    this.#parts += 1;
    return this.#nesting > MAX_NESTING || this.#parts > MAX_PARTS;
  }

  /** Text inside a loop or a branch. */
  nested(text: () => string): string {
    this.#nesting += 1;
    const made = text();
    this.#nesting -= 1;
    return made;
  }

  /**
   * Compiles the functions and gives the one of this name, or null where the process may not make code from text
   * (`--disallow-code-generation-from-strings`, a content security policy).
   */
  compile<T>(entry: string): { readonly run: T; readonly characters: number } | null {
    const text = `"use strict";\n${this.#functions.join('\n')}\nreturn ${entry};`;
    try {
      const make = new Function(...this.#constants.values(), text) as (...given: unknown[]) => T;
      return { run: make(...this.#constants.keys()), characters: text.length };
    } catch (error) {
      if (error instanceof EvalError) return null;
      throw error;
    }
  }
}

/** A JavaScript string literal of any text. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
}

/** A key of an object literal. Computed for the one key that would set the prototype. */
export function propertyKey(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : quote(name);
}
