import { join } from 'node:path';
import type { RegistryArtefacts } from '#stack/artefacts.ts';
import { registryIsHealthy } from '#stack/health.ts';
import { JVM_FLAGS } from '#stack/jvm.ts';
import { startProcess, waitUntilReady } from '#stack/local-process.ts';
import { freePorts } from '#stack/ports.ts';
import type { StartContext, StartedProcess } from '#stack/services.ts';

/** Apicurio with Confluent's API; its schemas stay in a database in the folder. `extras` are settings by name. */
export async function startRegistry(
  artefacts: RegistryArtefacts,
  context: StartContext,
  extras: Readonly<Record<string, string | number>> = {},
): Promise<StartedProcess> {
  const { folder, signal } = context;
  const [port = 0, managementPort = 0] = await freePorts(2);
  const settings = {
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': port,
    'quarkus.management.host': '127.0.0.1',
    'quarkus.management.port': managementPort,
    'apicurio.storage.kind': 'sql',
    'apicurio.storage.sql.kind': 'h2',
    'apicurio.datasource.url': `jdbc:h2:file:${join(folder, 'registry')}`,
    ...extras,
  };
  const flags = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
  const args = [...JVM_FLAGS, ...flags, '-jar', join(artefacts.folder, 'quarkus-run.jar')];
  const started = await startProcess(artefacts.java, args, folder, join(folder, 'registry.log'));
  context.onProcess(started.identity);
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  await waitUntilReady(started, signal, {
    name: 'the registry',
    says: /Listening on: http/,
    // One that asks who comes has answered as well.
    isHealthy: () =>
      registryIsHealthy(
        url,
        Object.keys(extras).some((name) => name.includes('.auth.')),
      ),
  });
  return { ...started, env: { SCHEMA_REGISTRY_URL: url } };
}
