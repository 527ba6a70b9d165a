import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

/** The parts of Kubernetes' objects that the tests look at. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template?: { readonly metadata: { readonly labels: object }; readonly spec: PodSpec };
    readonly [name: string]: unknown;
  };
}

export interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: object;
  readonly containers: readonly Container[];
  readonly volumes?: readonly { readonly name: string; readonly secret?: { readonly secretName: string } }[];
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext?: object;
  readonly resources?: { readonly requests?: object; readonly limits?: { readonly memory?: string } };
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string | number };
}

const FOLDER = fileURLToPath(new URL('..', import.meta.url));
export const overlay = (name: string): string => `${FOLDER}overlays/${name}`;

/** The documents of a YAML text. @throws Error at the first that is none */
export function documentsOf(text: string): readonly unknown[] {
  return parseAllDocuments(text, { merge: true }).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS();
  });
}

/** Every object and patch that stands in a file of `kubernetes/`, with its path from there. */
export function writtenManifests(): readonly { readonly file: string; readonly manifest: Manifest }[] {
  const files = globSync('{base,overlays}/**/*.yaml', { cwd: FOLDER }).sort();
  return files.flatMap((file) =>
    documentsOf(readFileSync(FOLDER + file, 'utf8')).map((document) => {
      return { file, manifest: document as Manifest };
    }),
  );
}

export function containersOf(manifest: Manifest): readonly Container[] {
  return manifest.spec?.template?.spec.containers ?? [];
}

/** Whether a container runs Zoner's own image, whatever registry and tag an overlay gave it. */
export function runsZoner({ image = '' }: Pick<Container, 'image'>): boolean {
  return /(^|\/)zoner(:|$)/.test(image);
}
