import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '#cli/commands.ts';
import { runCommand } from '#cli/run-command.ts';
import { parseConfig } from '#core/config.ts';
import { environment, SECRET_VARIABLES } from '#core/environment.ts';
import { containersOf, documentsOf, runsZoner, writtenManifests } from '#kubernetes/testing/manifest.ts';
import manifest from '../package.json' with { type: 'json' };

/** What the manifests and the Compose files hand to Zoner, against what its code reads. */

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
}

interface Kustomization {
  readonly images?: readonly { readonly name: string; readonly newTag: string }[];
  readonly configMapGenerator?: readonly {
    readonly literals?: readonly string[];
    readonly envs?: readonly string[];
  }[];
}

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(PROJECT + path, 'utf8');
const compose = (path: string): Readonly<Record<string, Service>> => {
  const [{ services }] = documentsOf(read(path)) as [
    { readonly services: Readonly<Record<string, Service>> },
  ];
  return services;
};
const COMPOSE_FILES = ['stack/docker-compose.yml', 'stack/snowflake.yml', 'docker-compose.yml'];
const SERVICES: Readonly<Record<string, Service>> = Object.assign({}, ...COMPOSE_FILES.map(compose));
const OURS = Object.entries(SERVICES).filter(([, service]) => runsZoner(service));
const KUSTOMIZATIONS = globSync('kubernetes/**/kustomization.yaml', { cwd: PROJECT }).map((file) => {
  return { folder: file.replace(/[^/]*$/, ''), kustomization: documentsOf(read(file))[0] as Kustomization };
});
const CONTAINERS = writtenManifests().flatMap(({ file, manifest }) =>
  // A patch names no image; all patches are about Zoner's own containers.
  containersOf(manifest)
    .filter((container) => container.image === undefined || runsZoner(container))
    .map((container) => ({ file, manifest, container })),
);
const READ = new Set<string>([
  ...Object.keys(environment.shape),
  ...SECRET_VARIABLES.map((name) => `${name}_FILE`),
]);
const portsOf = (args: readonly string[]): readonly number[] =>
  args.flatMap((each, index) => (/^--(health-)?port$/.test(each) ? [Number(args[index + 1])] : []));

test('every variable of the manifests is one that Zoner reads', () => {
  const generated = KUSTOMIZATIONS.flatMap(({ folder, kustomization }) =>
    (kustomization.configMapGenerator ?? []).flatMap(({ literals = [], envs = [] }) => [
      ...literals.map((literal) => literal.split('=')[0] ?? ''),
      ...envs.flatMap((file) => Object.keys(parseEnv(read(folder + file)))),
    ]),
  );
  const given = CONTAINERS.flatMap(({ container }) => (container.env ?? []).map(({ name }) => name));
  expect(generated).toContain('KAFKA_BROKER');
  expect(given).toContain('ZONER_API_JWT_SECRET_FILE');
  expect([...generated, ...given].filter((name) => !READ.has(name))).toEqual([]);
});

test('every variable of the Compose file is one that Zoner reads, and .env.example explains all of them', () => {
  const given = OURS.flatMap(([, service]) => Object.keys(service.environment ?? {}));
  expect(given).toContain('SNOWFLAKE_LOCAL_URL');
  expect(given.filter((name) => !READ.has(name))).toEqual([]);
  const explained = new Set(Object.keys(parseEnv(read('.env.example'))));
  expect(Object.keys(environment.shape).filter((name) => !explained.has(name))).toEqual([]);
  const asked = COMPOSE_FILES.flatMap((file) =>
    [...read(file).matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name = '']) => name),
  );
  expect(asked.filter((name) => !explained.has(name))).toEqual([]);
});

test('what .env says of a Kafka, a registry or a Redis elsewhere does not reach the services of the Compose file', () => {
  const elsewhere = [...READ].filter((name) =>
    /^(KAFKA_S|SCHEMA_REGISTRY_|REDIS_)|^KAFKA_.*_FILE$/.test(name),
  );
  expect(elsewhere).toContain('KAFKA_SASL_MECHANISM');
  for (const [name, { environment: given = {} }] of OURS)
    expect({ name, open: elsewhere.filter((each) => !(each in given)) }).toEqual({ name, open: [] });
});

test('a secret is named by its file or its Secret, and never written', () => {
  const given = CONTAINERS.flatMap(({ container }) => container.env ?? []);
  const secrets: readonly string[] = SECRET_VARIABLES;
  expect(given.filter(({ name }) => secrets.includes(name))).toEqual([]);
  expect(writtenManifests().filter(({ manifest: { kind } }) => kind === 'Secret')).toEqual([]);
  const generators = KUSTOMIZATIONS.filter(({ kustomization }) => 'secretGenerator' in kustomization);
  expect(generators).toEqual([]);
});

const COMMAND_LINES = [
  ...CONTAINERS.flatMap(({ file, container: { args } }) =>
    args === undefined ? [] : [{ where: file, args }],
  ),
  ...OURS.flatMap(([where, { command }]) =>
    command === undefined || where === 'setup' ? [] : [{ where, args: command }],
  ),
];

test.each(COMMAND_LINES)(
  '$where starts a command that there is, with options that it knows',
  async ({ args }) => {
    const [name = ''] = args;
    expect(COMMANDS.map((command) => command.name)).toContain(name);
    const { stdout } = await runCommand('.', [name, '--help']);
    for (const option of args.filter((each) => each.startsWith('-')))
      expect(stdout.join('\n')).toMatch(new RegExp(`^ +${option}\\b`, 'm'));
  },
);

describe('ports', () => {
  const started = CONTAINERS.filter(({ container: { args } }) => args !== undefined);

  test.each(started.map(({ file, container }) => [file, container] as const))(
    '%s names the ports on which its command listens, and probes one of them',
    (_, container) => {
      const listens = portsOf(container.args ?? []);
      const named = new Map((container.ports ?? []).map((port) => [port.name, port.containerPort]));
      expect([...named.values()].sort()).toEqual([...listens].sort());
      for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe]) {
        if (listens.length === 0) expect(probe).toBeUndefined();
        else expect(named.get(String(probe?.httpGet?.port))).toBe(8090);
      }
    },
  );

  test('the image asks the port on which every service of the Compose file tells its health', () => {
    const [asked] = [...read('Dockerfile').matchAll(/127\.0\.0\.1:(\d+)\/ready/g)].map(([, port]) =>
      Number(port),
    );
    const told = OURS.filter(([name]) => name !== 'setup').map(([, { command = [] }]) =>
      portsOf(command).at(-1),
    );
    expect(new Set(told)).toEqual(new Set([asked]));
  });

  test('what the Compose files publish is where Zoner looks if nothing is set', () => {
    const published = Object.values(SERVICES).flatMap(({ ports = [] }) =>
      ports.map((port) => port.split(':').slice(0, 2).join(':')),
    );
    const { kafka, registry, redis } = parseConfig({});
    const { accessUrl } = parseConfig({ SNOWFLAKE_ACCOUNT: 'local' }).snowflake ?? {};
    const urls = [registry.url, redis.url, accessUrl ?? ''].map((url) => new URL(url).host);
    for (const place of [...kafka.brokers, ...urls]) expect(published).toContain(place);
  });

  test('where the Compose file sends Zoner, the service of that name listens', () => {
    const { environment: given = {} } = SERVICES.consumer ?? {};
    const written = Object.entries(given).filter(([, value]) => !value.includes('${'));
    const settings = { ...Object.fromEntries(written), SNOWFLAKE_ACCOUNT: 'local' };
    const { kafka, registry, redis, snowflake } = parseConfig(settings);
    expect(SERVICES.kafka?.environment?.KAFKA_ADVERTISED_LISTENERS).toContain(
      `INTERNAL://${kafka.brokers[0]}`,
    );
    for (const url of [registry.url, redis.url, snowflake?.accessUrl ?? '']) {
      const { hostname, port } = new URL(url);
      expect(SERVICES[hostname]?.ports?.[0]).toMatch(new RegExp(`:${port}$`));
    }
  });
});

test('manifests and Compose files run the images of this version', () => {
  const tags = KUSTOMIZATIONS.flatMap(({ kustomization: { images = [] } }) =>
    images.map(({ newTag }) => newTag),
  );
  expect(new Set([...tags, OURS[0]?.[1].image.split(':')[1]])).toEqual(new Set([manifest.version]));
});
