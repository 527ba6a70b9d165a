declare module 'snappyjs' {
  export function compress(bytes: Uint8Array): Uint8Array;
  /** Throws for bytes that are no Snappy block. */
  export function uncompress(bytes: Uint8Array): Uint8Array;
}
