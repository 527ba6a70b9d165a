import { length, place, plainText, type SliceableBuffer } from '#avro/decode-runtime.ts';

/** Strings of more bytes are decoded each time: comparing them costs as much. */
const WIDTH = 32;
const SLOTS = 128;
/** So many strings are looked up before the share of hits is judged, and so many are not looked up after a bad share. */
const TRIAL = 256;
const PAUSE = 16_384;

/**
 * The strings that one field of one decoder has seen lately, found by their bytes: a string that is there already costs
 * neither a call out of JavaScript nor an allocation. A field whose strings hardly repeat is left alone, and tried again
 * later. Takes at most some 6 KiB, once its field has been read.
 */
export class TextCache {
  static readonly MOST_BYTES = 6144;
  #bytes: Uint8Array | null = null;
  readonly #lengths = new Uint8Array(SLOTS);
  readonly #texts: string[] = [];
  #tries = 0;
  #hits = 0;
  #pause = 0;

  /** The string that begins with its length at `start`. */
  read(bytes: SliceableBuffer, start: number, end: number): string {
    const size = length(bytes, start, end);
    const first = place.at;
    place.at = first + size;
    if (size === 0) return '';
    if (size > WIDTH) return plainText(bytes, first, first + size);
    if (this.#pause > 0) {
      this.#pause -= 1;
      return plainText(bytes, first, first + size);
    }
    return this.#find(bytes, first, size);
  }

  #find(bytes: SliceableBuffer, first: number, size: number): string {
    const last = first + size - 1;
    const head = bytes[first] as number;
    const tail = bytes[last] as number;
    const inner = size > 2 ? (bytes[last - 1] as number) : 0;
    const middle = bytes[first + (size >> 1)] as number;
    const slot = (head ^ (tail * 5) ^ (inner * 19) ^ (middle * 37) ^ (size * 11)) & (SLOTS - 1);
    this.#tries += 1;
    if (this.#lengths[slot] === size && this.#bytes !== null) {
      const known = this.#bytes;
      const base = slot * WIDTH;
      let index = 0;
      while (index < size && known[base + index] === bytes[first + index]) index += 1;
      if (index === size) {
        this.#hits += 1;
        return this.#texts[slot] as string;
      }
    }
    return this.#learn(bytes, first, size, slot);
  }

  #learn(bytes: SliceableBuffer, first: number, size: number, slot: number): string {
    const text = plainText(bytes, first, first + size);
    if (this.#bytes === null) {
      this.#bytes = new Uint8Array(SLOTS * WIDTH);
      for (let index = 0; index < SLOTS; index += 1) this.#texts.push('');
    }
    const base = slot * WIDTH;
    for (let index = 0; index < size; index += 1) this.#bytes[base + index] = bytes[first + index] as number;
    this.#lengths[slot] = size;
    this.#texts[slot] = text;
    if (this.#tries >= TRIAL) {
      if (2 * this.#hits < this.#tries) this.#pause = PAUSE;
      this.#tries = 0;
      this.#hits = 0;
    }
    return text;
  }
}
