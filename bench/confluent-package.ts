import { createRequire } from 'node:module';

export interface Serializer {
  serialize(topic: string, value: unknown): Promise<Buffer>;
}

export interface Deserializer {
  deserialize(topic: string, message: Buffer): Promise<unknown>;
}

/** What is used of `@confluentinc/schemaregistry`, whose types the project does not install. */
interface ConfluentPackage {
  readonly SchemaRegistryClient: {
    newClient(options: object): {
      register(subject: string, schema: object, normalize: boolean): Promise<number>;
    };
  };
  readonly AvroSerializer: new (client: object, type: string, options: object) => Serializer;
  readonly AvroDeserializer: new (client: object, type: string, options: object) => Deserializer;
  readonly SerdeType: { readonly VALUE: string };
}

/** The package, from the folder of the peers. */
export function loadConfluent(): ConfluentPackage {
  const require = createRequire(new URL('./peers/package.json', import.meta.url));
  return require('@confluentinc/schemaregistry') as ConfluentPackage;
}
