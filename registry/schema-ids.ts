import { Agent } from 'node:https';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { SchemaText } from '#contract/contract.ts';
import type { RegistryConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import type { SchemaIds } from '#producer/ports.ts';
import { lookUpType, referencesOf } from '#registry/actual.ts';
import {
  createRegistryClient,
  type Reference,
  type RegisteredVersion,
  type RegistryClient,
} from '#registry/client.ts';
import { readAuthority } from '#registry/http.ts';
import { lookUpMiddleware } from '#registry/lookup-middleware.ts';

export interface SchemaIdsOptions {
  /** For each request. Default 5000. */
  readonly timeoutMs?: number;
}

/**
 * The ids of schemas that are registered already. `@kafkajs/confluent-schema-registry` asks for them; when it fails, Zoner's
 * own client asks the same once more and its answer counts, because that package reports a refused connection as a 400
 * and takes a web page for an answer. Nothing here can register.
 */
export function createSchemaIds(config: RegistryConfig, options: SchemaIdsOptions = {}): SchemaIds {
  const { timeoutMs = 5000 } = options;
  const client = createRegistryClient(config, { timeoutMs });
  return {
    async idOf(types) {
      const wanted = types.at(-1);
      if (wanted === undefined) throw new Error('there is no type to ask for');
      const { subject, text } = wanted;
      const references = referencesOf(wanted, await versionsOf(client, types.slice(0, -1)));
      if (references === null) throw notRegistered(subject);
      const id = await askPackage(config, timeoutMs, subject, text, references);
      if (id !== null) return id;
      const found = await client.lookUp(subject, text, references);
      if (found === null) throw notRegistered(subject);
      return found.id;
    },
  };
}

function notRegistered(subject: string): ZonerError {
  return new ZonerError('NOT_REGISTERED', `The registry does not hold this schema for "${subject}".`, {
    context: { subject },
  });
}

/** Where these types are registered, those that are. */
async function versionsOf(
  client: RegistryClient,
  types: readonly SchemaText[],
): Promise<ReadonlyMap<string, RegisteredVersion>> {
  const versions = new Map<string, RegisteredVersion>();
  for (const type of types) {
    const found = await lookUpType(client, type, versions);
    if (found !== null) versions.set(type.fullName, found);
  }
  return versions;
}

type AvroText = Extract<
  Parameters<SchemaRegistry['getRegistryIdBySchema']>[1],
  { readonly type: SchemaType.AVRO }
>;

/** Null for whatever goes wrong: the package's errors do not say what it was. */
async function askPackage(
  config: RegistryConfig,
  timeoutMs: number,
  subject: string,
  text: string,
  references: readonly Reference[],
): Promise<number | null> {
  const { auth, caPath } = config;
  const registry = new SchemaRegistry({
    host: config.url,
    clientId: 'zoner',
    // The package keeps these in one place for all its instances, so they are the same everywhere in Zoner.
    retry: { retries: 0 },
    ...(caPath === null ? {} : { agent: new Agent({ ca: readAuthority(caPath) }) }),
    ...(auth !== null && 'user' in auth ? { auth: { username: auth.user, password: auth.password } } : {}),
    middlewares: [
      lookUpMiddleware(references, timeoutMs, auth !== null && 'token' in auth ? auth.token : null),
    ],
  });
  try {
    const schema: AvroText = { type: SchemaType.AVRO, schema: text, references: [...references] };
    const id: unknown = await registry.getRegistryIdBySchema(subject, schema);
    return typeof id === 'number' && Number.isInteger(id) && id > 0 ? id : null;
  } catch {
    return null;
  }
}
