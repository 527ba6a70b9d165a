import { compileDecoder, compileEncoder } from '#avro/codec.ts';
import { parseSchema } from '#avro/parse.ts';
import { median } from '#bench/codec/interleave.ts';
import { shapeOf } from '#bench/codec/shapes.ts';

/**
 * A fresh process: how long it takes to compile an encoder and a decoder of the event, the first time and once warm,
 * and what importing the codec took. Prints milliseconds as JSON.
 */
const text = JSON.stringify(shapeOf('event').schema);

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function measure(): { readonly encoder: number; readonly decoder: number } {
  // A schema of its own each time, as nothing may come from a cache.
  const schema = parseSchema(text);
  return {
    encoder: timed(() => compileEncoder(schema)),
    decoder: timed(() => compileDecoder(schema, schema)),
  };
}

const cold = measure();
const warm = Array.from({ length: 200 }, measure).slice(100);
process.stdout.write(
  `${JSON.stringify({
    cold,
    warm: {
      encoder: median(warm.map(({ encoder }) => encoder)),
      decoder: median(warm.map(({ decoder }) => decoder)),
    },
  })}\n`,
);
