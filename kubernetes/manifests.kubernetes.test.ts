import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadContracts } from '#contract/load.ts';
import { parseConfig } from '#core/config.ts';
import { SECRET_VARIABLES } from '#core/environment.ts';
import {
  type Container,
  containersOf,
  documentsOf,
  type Manifest,
  overlay,
  runsZoner,
} from '#kubernetes/testing/manifest.ts';
import { createProblemsOf } from '#kubernetes/testing/schemas.ts';
import { installTools, KUBERNETES, type Tools } from '#kubernetes/testing/tools.ts';

/** The overlays as kustomize makes them, against the published schemas and against what Zoner needs. */

const SCHEMAS = fileURLToPath(new URL('../schemas', import.meta.url));

let tools: Tools;
const made: Record<string, readonly Manifest[]> = {};
const of = (name: string): readonly Manifest[] => made[name] ?? [];

beforeAll(async () => {
  tools = await installTools(process.env, (text) => process.stderr.write(`${text}\n`));
  for (const name of ['local', 'production']) {
    const text = execFileSync(tools.kustomize, ['build', overlay(name)], { encoding: 'utf8' });
    made[name] = documentsOf(text) as readonly Manifest[];
  }
});

/** What a container's environment holds once Kubernetes has put it together. */
function environmentOf(
  { env = [], envFrom = [] }: Container,
  all: readonly Manifest[],
): Record<string, string> {
  const maps = envFrom.map(({ configMapRef }) => {
    const map = all.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef?.name,
    );
    expect(map, `ConfigMap ${configMapRef?.name}`).toBeDefined();
    return map?.data ?? {};
  });
  return Object.assign({}, ...maps, Object.fromEntries(env.map(({ name, value = '' }) => [name, value])));
}

/** The same with a word in the place of each file that holds a secret, as `cli/secret-files.ts` reads it. */
function settingsOf(container: Container, all: readonly Manifest[]): Record<string, string> {
  const given = environmentOf(container, all);
  const files = SECRET_VARIABLES.filter((name) => `${name}_FILE` in given);
  for (const name of files) given[name] = 'a secret of thirty-two characters';
  return given;
}

const zonerIn = (all: readonly Manifest[]) =>
  all.flatMap((manifest) =>
    containersOf(manifest)
      .filter(runsZoner)
      .map((container) => ({ manifest, container })),
  );

describe.each(['local', 'production'])('%s', (name) => {
  test.each(KUBERNETES)('Kubernetes %s knows every kind and every field', (version) => {
    const problemsOf = createProblemsOf(tools, version);
    expect(of(name).length).toBeGreaterThan(10);
    expect(of(name).flatMap(problemsOf)).toEqual([]);
  });

  test('every container of Zoner has settings that it accepts', () => {
    const containers = zonerIn(of(name));
    expect(containers.map(({ manifest }) => manifest.metadata.name)).toEqual(
      expect.arrayContaining(['api', 'consumer', 'recommendations', 'setup']),
    );
    for (const { container } of containers) {
      const { snowflake } = parseConfig(settingsOf(container, of(name)));
      expect(snowflake !== null).toBe(['setup', 'consumer'].includes(container.name));
    }
  });

  test('what is read from a file is mounted there, out of a Secret of the workload', () => {
    for (const { manifest, container } of zonerIn(of(name))) {
      const paths = Object.entries(environmentOf(container, of(name)))
        .filter(([variable]) => /_(FILE|PATH)$/.test(variable))
        .map(([, path]) => path);
      const secrets =
        manifest.spec?.template?.spec.volumes?.filter(({ secret }) => secret !== undefined) ?? [];
      const mounts = (container.volumeMounts ?? []).filter((mount) =>
        secrets.some((volume) => volume.name === mount.name),
      );
      for (const { secret } of secrets) expect(secret?.secretName).toBe(`zoner-${manifest.metadata.name}`);
      for (const path of paths)
        expect(mounts.some(({ mountPath }) => path.startsWith(`${mountPath}/`))).toBe(true);
    }
  });

  test('no process is root, gains rights, reaches the API server or writes outside its volumes', () => {
    const workloads = of(name).filter(({ spec }) => spec?.template !== undefined);
    for (const workload of workloads) {
      const pod = workload.spec?.template?.spec;
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const container of containersOf(workload)) {
        expect(container.securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          ...(runsZoner(container) ? { readOnlyRootFilesystem: true } : {}),
        });
        expect(container.resources).toMatchObject({
          requests: expect.anything(),
          limits: { memory: expect.any(String) },
        });
      }
    }
  });

  test('every selector finds the Pods that it is about, and every workload that runs on has a budget', () => {
    const pods = of(name).flatMap(({ spec }) => spec?.template?.metadata.labels ?? []);
    const finds = (labels: object): boolean =>
      pods.some((pod) =>
        Object.entries(labels).every(([key, value]) => (pod as Record<string, unknown>)[key] === value),
      );
    for (const { kind, spec } of of(name)) {
      const selector = spec?.selector as { readonly matchLabels?: object } | undefined;
      if (kind === 'Service') expect(finds(spec?.selector as object)).toBe(true);
      if (kind === 'PodDisruptionBudget') expect(finds(selector?.matchLabels ?? { none: '' })).toBe(true);
    }
    const budgets = of(name)
      .filter(({ kind }) => kind === 'PodDisruptionBudget')
      .map(({ metadata }) => metadata.name);
    expect(budgets.sort()).toEqual(['api', 'consumer', 'recommendations']);
  });

  test('a policy lets each container reach every port of its settings', () => {
    const policies = of(name)
      .filter(({ kind }) => kind === 'NetworkPolicy')
      .map(({ spec }) => spec as unknown as Policy);
    for (const { manifest, container } of zonerIn(of(name))) {
      const { kafka, registry, redis, snowflake } = parseConfig(settingsOf(container, of(name)));
      const usesRedis = ['api', 'recommendations'].includes(container.name);
      const urls = [
        registry.url,
        ...(usesRedis ? [redis.url] : []),
        ...(snowflake ? [snowflake.accessUrl ?? 'https://account'] : []),
      ];
      const ports = [...kafka.brokers.map((broker) => Number(broker.split(':')[1])), ...urls.map(portOf)];
      const labels = manifest.spec?.template?.metadata.labels ?? {};
      const allowed = policies
        .filter((policy) => isAbout(policy, labels))
        .flatMap(({ egress = [] }) => egress.flatMap((rule) => rule.ports.map(({ port }) => port)));
      for (const port of ports) expect(allowed, `${container.name} to ${port}`).toContain(port);
    }
  });
});

interface Policy {
  readonly podSelector: {
    readonly matchLabels?: object;
    readonly matchExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[];
  };
  readonly egress?: readonly { readonly ports: readonly { readonly port: number | string }[] }[];
}

function isAbout(
  { podSelector: { matchLabels = {}, matchExpressions = [] } }: Policy,
  labels: object,
): boolean {
  const all = labels as Readonly<Record<string, string>>;
  return (
    Object.entries(matchLabels).every(([key, value]) => all[key] === value) &&
    matchExpressions.every(({ key, values }) => values.includes(all[key] ?? ''))
  );
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port || { 'http:': 80, 'https:': 443, 'redis:': 6379, 'rediss:': 6379 }[protocol]);
}

test('in one cluster, every address is a Service that listens on this port, and nothing is asked for that is not there', () => {
  const services = of('local').filter(({ kind }) => kind === 'Service');
  const listens = services.flatMap(({ metadata, spec }) => {
    const { ports = [] } = spec as { readonly ports?: readonly { readonly port: number }[] };
    return ports.map(({ port }) => `${metadata.name}:${port}`);
  });
  const consumer = zonerIn(of('local')).find(({ container }) => container.name === 'consumer');
  if (consumer === undefined) throw new Error('there is no consumer');
  const { kafka, registry, redis, snowflake } = parseConfig(settingsOf(consumer.container, of('local')));
  const hosts = [registry.url, redis.url, snowflake?.accessUrl ?? ''].map((url) => new URL(url).host);
  expect(listens).toEqual(expect.arrayContaining([...kafka.brokers, ...hosts]));
});

test('the simulator of people stands in no production', () => {
  const names = (overlayName: string) => of(overlayName).map(({ metadata }) => metadata.name);
  expect(names('local')).toContain('producer');
  expect(names('production')).not.toContain('producer');
});

test('groups grow with the lag of every topic, up to the partitions of the largest, and sign in as they do themselves', async () => {
  const contracts = await loadContracts(SCHEMAS);
  const scaled = of('production').filter(({ kind }) => kind === 'ScaledObject');
  expect(scaled.map(({ metadata }) => metadata.name)).toEqual(['consumer', 'recommendations']);
  for (const { metadata, spec } of scaled) {
    const { maxReplicaCount, triggers } = spec as unknown as Scaling;
    expect(maxReplicaCount).toBe(Math.max(...contracts.map(({ partitions }) => partitions)));
    expect(triggers.map((trigger) => trigger.metadata.topic).sort()).toEqual(
      contracts.map(({ topic }) => topic).sort(),
    );
    const groups: Readonly<Record<string, string>> = {
      consumer: 'zoner-warehouse',
      recommendations: 'zoner-recommendations',
    };
    for (const trigger of triggers) {
      expect(trigger.metadata.consumerGroup).toBe(groups[metadata.name]);
      const authentication = of('production').find(
        (each) =>
          each.kind === 'TriggerAuthentication' && each.metadata.name === trigger.authenticationRef.name,
      );
      expect(authentication?.spec).toMatchObject({
        secretTargetRef: [{ name: `zoner-${metadata.name}`, key: 'kafka-password' }],
      });
    }
    const workload = of('production').find(
      (each) => each.kind === 'Deployment' && each.metadata.name === metadata.name,
    );
    // Two who set the number of Pods would undo each other's work.
    expect(workload?.spec).not.toHaveProperty('replicas');
  }
});

interface Scaling {
  readonly maxReplicaCount: number;
  readonly triggers: readonly {
    readonly metadata: { readonly topic: string; readonly consumerGroup: string };
    readonly authenticationRef: { readonly name: string };
  }[];
}

test('the schemas refuse a field that nobody knows, a kind that nobody knows, and a missing field', () => {
  const problemsOf = createProblemsOf(tools, KUBERNETES[1]);
  const [scaled] = of('production').filter(({ kind }) => kind === 'ScaledObject');
  const [job] = of('production').filter(({ kind }) => kind === 'Job');
  if (scaled === undefined || job === undefined) throw new Error('two objects are there');
  expect(problemsOf({ ...scaled, spec: { ...scaled.spec, maxReplicas: 6 } })).not.toEqual([]);
  expect(problemsOf({ ...job, spec: { ...job.spec, backofLimit: 6 } })).not.toEqual([]);
  expect(problemsOf({ ...job, spec: {} })).not.toEqual([]);
  expect(problemsOf({ ...job, kind: 'Jop' })).toEqual(['batch/v1 Jop: nothing is known of this kind']);
});
