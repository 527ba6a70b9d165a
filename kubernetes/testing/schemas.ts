import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { documentsOf, type Manifest } from '#kubernetes/testing/manifest.ts';
import type { Tools } from '#kubernetes/testing/tools.ts';

const OPTIONS = { strict: false, validateFormats: false, allErrors: true } as const;

interface Definition {
  readonly spec: {
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: object };
    }[];
  };
}

/**
 * What the published schemas of a version of Kubernetes have against an object: fields that they do not know included.
 * @returns a line for each, or that nothing is known of its kind
 */
export function createProblemsOf(tools: Tools, version: string): (manifest: Manifest) => readonly string[] {
  const folder = join(tools.schemas, version);
  const ajv = new Ajv2020(OPTIONS);
  ajv.addSchema(JSON.parse(readFileSync(join(folder, '_definitions.json'), 'utf8')));
  const known = new Map<string, ValidateFunction | null>();
  const validatorOf = ({ apiVersion, kind }: Manifest): ValidateFunction | null => {
    const group = apiVersion.split('/').at(-2)?.split('.')[0];
    const name = [kind.toLowerCase(), group, apiVersion.split('/').at(-1)].filter(Boolean).join('-');
    const path = join(folder, `${name}.json`);
    return existsSync(path)
      ? ajv.compile(JSON.parse(readFileSync(path, 'utf8')))
      : definedByKeda(tools, kind, apiVersion);
  };
  return (manifest) => {
    const key = `${manifest.apiVersion} ${manifest.kind}`;
    const validate = known.get(key) ?? validatorOf(manifest);
    known.set(key, validate);
    if (validate === null) return [`${key}: nothing is known of this kind`];
    const { kind, metadata } = manifest;
    if (validate(manifest)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${kind} ${metadata.name}${instancePath}: ${message} ${JSON.stringify(params)}`,
    );
  };
}

function definedByKeda({ keda }: Tools, kind: string, apiVersion: string): ValidateFunction | null {
  const path = join(keda, `${apiVersion.split('/')[0]}_${kind.toLowerCase()}s.yaml`);
  if (!existsSync(path)) return null;
  const [definition] = documentsOf(readFileSync(path, 'utf8')) as readonly Definition[];
  const version = definition?.spec.versions.find(({ name }) => name === apiVersion.split('/')[1]);
  return version === undefined ? null : new Ajv(OPTIONS).compile(closed(version.schema.openAPIV3Schema));
}

/** The API server drops fields that a definition does not name; here they are mistakes. */
function closed(schema: object): object {
  const entries = Object.entries(schema).map(([name, value]) => {
    if (typeof value !== 'object' || value === null) return [name, value];
    return [
      name,
      Array.isArray(value)
        ? value.map((each) => (typeof each === 'object' ? closed(each) : each))
        : closed(value),
    ];
  });
  const isOpen =
    !('properties' in schema) ||
    typeof schema.properties !== 'object' ||
    'additionalProperties' in schema ||
    'x-kubernetes-preserve-unknown-fields' in schema;
  return Object.fromEntries(isOpen ? entries : [...entries, ['additionalProperties', false]]);
}
