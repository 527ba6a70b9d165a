import { execFile } from 'node:child_process';
import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cachedTools, pipArguments } from '#stack/tool-cache.ts';

const run = promisify(execFile);

const KUSTOMIZE = 'v5.7.1';
const KEDA = 'v2.18.0';
/** Has the schemas of each version of Kubernetes; nothing else of it is used. */
const SCHEMAS = '1.37.0';

/** Versions of Kubernetes that the manifests are held against: the oldest that has all they name, and the newest. */
export const KUBERNETES = ['1.31', '1.37'] as const;

export interface Tools {
  readonly kustomize: string;
  /** A folder for each of `KUBERNETES`, with a schema a kind. */
  readonly schemas: string;
  /** The folder of KEDA's own definitions. */
  readonly keda: string;
}

/**
 * Finds the tools, or makes them: two minutes and 60 MB, once for each set of versions.
 * @throws ZonerError STACK_TOOL_MISSING if they cannot be had
 */
export async function installTools(
  env: Readonly<Record<string, string | undefined>>,
  tell: (text: string) => void,
): Promise<Tools> {
  const tools = {
    name: `kubernetes-${KUSTOMIZE}-${KEDA}-${SCHEMAS}-${KUBERNETES.join('-')}`,
    what: "kustomize, and the schemas of Kubernetes and of KEDA's definitions",
    needs: 'Go 1.24 or later, and Python 3 with pip',
    async install(folder: string) {
      await Promise.all([
        run('go', ['install', `sigs.k8s.io/kustomize/kustomize/v5@${KUSTOMIZE}`], {
          env: { ...env, GOBIN: join(folder, 'bin') },
        }),
        installSchemas(folder),
        installDefinitions(folder),
      ]);
    },
  };
  const folder = await cachedTools(env, tools, tell);
  return {
    kustomize: join(folder, 'bin', 'kustomize'),
    schemas: join(folder, 'schemas'),
    keda: join(folder, 'keda'),
  };
}

async function installSchemas(folder: string): Promise<void> {
  const python = join(folder, 'python');
  await run('python3', pipArguments(python, '--no-deps', `kubernetes-validate==${SCHEMAS}`));
  for (const version of KUBERNETES) {
    const from = join(python, 'kubernetes_validate', 'kubernetes-json-schema', `v${version}.0-local-strict`);
    cpSync(from, join(folder, 'schemas', version), { recursive: true });
  }
  rmSync(python, { recursive: true });
}

async function installDefinitions(folder: string): Promise<void> {
  const { stdout } = await run('go', ['mod', 'download', '-json', `github.com/kedacore/keda/v2@${KEDA}`], {
    cwd: folder,
  });
  const { Dir } = JSON.parse(stdout) as { readonly Dir: string };
  // Modules are read-only on disk; what is in the cache must be removable.
  await run('cp', [
    '-r',
    '--no-preserve=mode',
    join(Dir, 'config', 'crd', 'bases'),
    `${folder}/keda-partial`,
  ]);
  renameSync(join(folder, 'keda-partial'), join(folder, 'keda'));
}
