const { fromCharCode } = String;

/** Up to so many bytes a string is made faster here than by a call out of JavaScript. */
export const SHORT_TEXT = 12;

/** The text of 1 to `SHORT_TEXT` bytes at `at`, or null if they are not all ASCII. */
export function shortText(b: Uint8Array, at: number, size: number): string | null {
  let all = 0;
  for (let index = at; index < at + size; index += 1) all |= b[index] as number;
  if (all > 127) return null;
  const read = (offset: number): number => b[at + offset] as number;
  const a0 = read(0);
  const a1 = read(1);
  const a2 = read(2);
  const a3 = read(3);
  switch (size) {
    case 1:
      return fromCharCode(a0);
    case 2:
      return fromCharCode(a0, a1);
    case 3:
      return fromCharCode(a0, a1, a2);
    case 4:
      return fromCharCode(a0, a1, a2, a3);
    case 5:
      return fromCharCode(a0, a1, a2, a3, read(4));
    case 6:
      return fromCharCode(a0, a1, a2, a3, read(4), read(5));
    case 7:
      return fromCharCode(a0, a1, a2, a3, read(4), read(5), read(6));
    case 8:
      return fromCharCode(a0, a1, a2, a3, read(4), read(5), read(6), read(7));
    case 9:
      return fromCharCode(a0, a1, a2, a3, read(4), read(5), read(6), read(7), read(8));
    case 10:
      return fromCharCode(a0, a1, a2, a3, read(4), read(5), read(6), read(7), read(8), read(9));
    case 11:
      return fromCharCode(a0, a1, a2, a3, read(4), read(5), read(6), read(7), read(8), read(9), read(10));
    default:
      return fromCharCode(
        a0,
        a1,
        a2,
        a3,
        read(4),
        read(5),
        read(6),
        read(7),
        read(8),
        read(9),
        read(10),
        read(11),
      );
  }
}
