/** An exact decimal number: `unscaled` times ten to the power of minus `scale`. Immutable. */
export class Decimal {
  readonly unscaled: bigint;
  readonly scale: number;

  constructor(unscaled: bigint, scale: number) {
    this.unscaled = unscaled;
    this.scale = scale;
    Object.freeze(this);
  }

  /** Reads plain decimal text such as `-12.340`; null if it is anything else. */
  static parse(text: string): Decimal | null {
    const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
    if (match === null) return null;
    const [, sign = '', whole = '', fraction = ''] = match;
    return new Decimal(BigInt(`${sign}${whole}${fraction}`), fraction.length);
  }

  /** Plain decimal text with exactly `scale` digits after the point; never an exponent. */
  toString(): string {
    const negative = this.unscaled < 0n;
    const digits = String(negative ? -this.unscaled : this.unscaled).padStart(this.scale + 1, '0');
    const point = digits.length - this.scale;
    const text = this.scale > 0 ? `${digits.slice(0, point)}.${digits.slice(point)}` : digits;
    return negative ? `-${text}` : text;
  }
}

/** The number of decimal digits of an unscaled value; what `precision` limits. */
export function digitsOf(unscaled: bigint): number {
  return String(unscaled < 0n ? -unscaled : unscaled).length;
}

/** Big-endian two's complement, as Avro stores an unscaled value: the shortest form, or exactly `size` bytes. */
export function toTwosComplement(value: bigint, size: number | null): Uint8Array | null {
  let length = 1;
  while (value < -(1n << BigInt(8 * length - 1)) || value >= 1n << BigInt(8 * length - 1)) length += 1;
  if (size !== null && length > size) return null;
  const bytes = Buffer.alloc(size ?? length);
  let rest = BigInt.asUintN(8 * bytes.length, value);
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** The inverse of `toTwosComplement`; no bytes are zero. */
export function fromTwosComplement(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}

/** How many bytes of a two's complement number say more than its sign. */
export function significantBytes(bytes: Uint8Array): number {
  const sign = (bytes[0] ?? 0) < 0x80 ? 0 : 0xff;
  const first = bytes.findIndex((byte) => byte !== sign);
  return first < 0 ? 0 : bytes.length - first;
}
