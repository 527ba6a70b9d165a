import { z } from 'zod';
import type { CompatibilityLevel } from '#contract/contract.ts';
import type { RegistryConfig } from '#core/config.ts';
import { ZonerError } from '#core/errors.ts';
import { createRegistryHttp, type RegistryAnswer } from '#registry/http.ts';

/** A type that a schema names and does not define: where it is registered. */
export interface Reference {
  /** The full name. */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

export interface SubjectVersion {
  readonly subject: string;
  readonly version: number;
}

export interface RegisteredText {
  readonly text: string;
  /** `AVRO`, `JSON` or `PROTOBUF`. */
  readonly type: string;
  readonly references: readonly Reference[];
}

export interface RegisteredVersion extends RegisteredText, SubjectVersion {
  readonly id: number;
}

/**
 * The part of Confluent's API that Zoner uses. Null means that the registry has no such thing, and says so itself.
 * Every method throws ZonerError REGISTRY_UNAVAILABLE, REGISTRY_AUTH or REGISTRY_REFUSED: see `http.ts`.
 */
export interface RegistryClient {
  subjects(): Promise<readonly string[]>;
  /** The subject's own level, as the registry spells it; null if it follows the registry's. */
  level(subject: string): Promise<string | null>;
  /** The level of subjects without one of their own. */
  globalLevel(): Promise<string | null>;
  /** Works for a subject that has no version yet. */
  setLevel(subject: string, level: CompatibilityLevel): Promise<void>;
  /**
   * The version of the subject that holds this schema. What counts as the same is the registry's affair: Apicurio
   * ignores white space, `doc`, aliases and enum defaults, and tells references to other versions apart.
   */
  lookUp(subject: string, text: string, references: readonly Reference[]): Promise<RegisteredVersion | null>;
  /** Answers the id; registering what is registered already changes nothing. */
  register(subject: string, text: string, references: readonly Reference[]): Promise<number>;
  schemaById(id: number): Promise<RegisteredText | null>;
  subjectsOfId(id: number): Promise<readonly SubjectVersion[] | null>;
  versions(subject: string): Promise<readonly number[] | null>;
  versionSchema(subject: string, version: number | 'latest'): Promise<RegisteredVersion | null>;
}

const reference = z.object({ name: z.string(), subject: z.string(), version: z.int() });
const registeredText = z
  .object({
    schema: z.string(),
    schemaType: z.string().default('AVRO'),
    references: z.array(reference).nullish(),
  })
  .transform(({ schema, schemaType, references }) => ({
    text: schema,
    type: schemaType,
    references: references ?? [],
  }));
const subjectVersion = z.object({ subject: z.string(), version: z.int() });
const registeredVersion = registeredText.and(subjectVersion.extend({ id: z.int().positive() }));
const level = z.object({ compatibilityLevel: z.string() });
const registeredId = z.object({ id: z.int().positive() });

export interface RegistryClientOptions {
  /** For each request. Default 5000. */
  readonly timeoutMs?: number;
}

export function createRegistryClient(
  config: RegistryConfig,
  { timeoutMs = 5000 }: RegistryClientOptions = {},
): RegistryClient {
  const http = createRegistryHttp(config, timeoutMs);
  const get = async <Shape>(path: string, shape: z.ZodType<Shape>): Promise<Shape | null> => {
    const answer = await http.ask('GET', path);
    return answer.status === 404 ? null : read(answer, shape, path);
  };
  const schemaBody = (text: string, references: readonly Reference[]): object =>
    references.length === 0 ? { schema: text } : { schema: text, references };

  return {
    subjects: async () => (await get('/subjects', z.array(z.string()))) ?? [],
    level: async (subject) => (await get(`/config/${name(subject)}`, level))?.compatibilityLevel ?? null,
    globalLevel: async () => (await get('/config', level))?.compatibilityLevel ?? null,
    async setLevel(subject, compatibility) {
      const path = `/config/${name(subject)}`;
      present(await http.ask('PUT', path, { compatibility }), path);
    },
    async lookUp(subject, text, references) {
      const path = `/subjects/${name(subject)}`;
      const answer = await http.ask('POST', path, schemaBody(text, references));
      return answer.status === 404 ? null : read(answer, registeredVersion, path);
    },
    async register(subject, text, references) {
      const path = `/subjects/${name(subject)}/versions`;
      const answer = present(await http.ask('POST', path, schemaBody(text, references)), path);
      return read(answer, registeredId, path).id;
    },
    schemaById: (id) => get(`/schemas/ids/${id}`, registeredText),
    subjectsOfId: (id) => get(`/schemas/ids/${id}/versions`, z.array(subjectVersion)),
    versions: (subject) => get(`/subjects/${name(subject)}/versions`, z.array(z.int())),
    versionSchema: (subject, version) =>
      get(`/subjects/${name(subject)}/versions/${version}`, registeredVersion),
  };
}

const name = (subject: string): string => encodeURIComponent(subject);

/** An absence where nothing can be absent is a refusal. */
function present(answer: RegistryAnswer, path: string): RegistryAnswer {
  if (answer.status !== 404) return answer;
  throw new ZonerError('REGISTRY_REFUSED', `The registry does not know ${path}.`, {
    context: { status: 404 },
  });
}

function read<Shape>({ body, status }: RegistryAnswer, shape: z.ZodType<Shape>, path: string): Shape {
  const parsed = shape.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new ZonerError('REGISTRY_UNAVAILABLE', `The answer is not that of a schema registry (${path}).`, {
    context: { status },
    remedy: 'Check SCHEMA_REGISTRY_URL, its path too: something else answers there.',
  });
}
