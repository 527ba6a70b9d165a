import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import { lz4Codec, registerCodecs, snappyCodec, zstdCodec } from '#kafka/kafkajs-codecs.ts';

test.each([
  ['snappy', snappyCodec],
  ['lz4', lz4Codec],
  ['zstd', zstdCodec],
])('%s gives back the bytes that it took', async (_, codec) => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
      const buffer = Buffer.from(bytes);
      expect((await codec.decompress(await codec.compress({ buffer }))).equals(buffer)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('snappy in the frames of snappy-java is read, block by block', async () => {
  const header = Buffer.from('82534e4150505900' + '00000001' + '00000001', 'hex');
  const blocks = await Promise.all(
    ['first ', 'and second'].map(async (text) => {
      const block = await snappyCodec.compress({ buffer: Buffer.from(text) });
      const length = Buffer.alloc(4);
      length.writeUInt32BE(block.length);
      return Buffer.concat([length, block]);
    }),
  );
  const framed = Buffer.concat([header, ...blocks]);
  expect(String(await snappyCodec.decompress(framed))).toBe('first and second');
});

test('kafkajs knows every compression of Kafka once they are registered', async () => {
  registerCodecs();
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  const { GZIP, Snappy, LZ4, ZSTD } = CompressionTypes;
  for (const type of [GZIP, Snappy, LZ4, ZSTD] as const) {
    // Those that it does not know it has, too: they throw.
    const codec = (CompressionCodecs[type] as unknown as () => typeof snappyCodec)();
    expect(String(await codec.decompress(await codec.compress({ buffer: Buffer.from('nap') })))).toBe('nap');
  }
});
