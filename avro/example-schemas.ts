/** The golden contracts' schemas and those with the constructs of others, for the tests of this room and of codegen. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AvroSchema } from '#avro/model.ts';
import { parseSchemaFiles, type SchemaFile } from '#avro/parse.ts';

export interface ExampleSchema {
  /** `golden/uuid/uuid.avsc`. */
  readonly file: string;
  readonly schema: AvroSchema;
}

const CODEGEN = fileURLToPath(new URL('../codegen/', import.meta.url));

function filesBelow(folder: string): readonly SchemaFile[] {
  const paths = readdirSync(`${CODEGEN}${folder}`, { recursive: true, encoding: 'utf8' });
  return paths
    .filter((path) => path.endsWith('.avsc'))
    .sort()
    .map((path) => {
      const file = `${folder}/${path}`;
      return { file, text: readFileSync(`${CODEGEN}${file}`, 'utf8') };
    });
}

/** Every definition of the golden contracts: they refer to each other. */
export function goldenSchemas(): readonly ExampleSchema[] {
  return parseSchemaFiles(filesBelow('golden'));
}

/** The specification's examples, and schemas with the constructs of public repositories (`codegen/examples/README.md`). */
export function otherSchemas(): readonly ExampleSchema[] {
  const folders = ['avro-specification', 'mtth-avsc', 'apache-hudi', 'apache-avro'];
  return folders.flatMap((folder) => parseSchemaFiles(filesBelow(`examples/${folder}`)));
}
