import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findKafka, versions } from '#stack/artefacts.ts';
import { JVM_FLAGS } from '#stack/jvm.ts';
import type { Environment } from '#stack/services.ts';
import { cachedTools } from '#stack/tool-cache.ts';

const run = promisify(execFile);

/**
 * Makes a folder that holds Kafka's own `kafka-acls.sh`, for a PATH. The broker's libraries lack its code, which is
 * fetched once.
 * @throws ZonerError STACK_TOOL_MISSING
 */
export async function kafkaAclsFolder(env: Environment, folder: string): Promise<string> {
  const { java, jars } = findKafka(env);
  const tools = await cachedTools(
    env,
    {
      name: `kafka-tools-${versions.kafka}`,
      what: "Kafka's tools",
      needs: 'Maven',
      async install(into) {
        const plugin = `org.apache.maven.plugins:maven-dependency-plugin:${versions.mavenDependencyPlugin}`;
        const artifact = `-Dartifact=org.apache.kafka:kafka-tools:${versions.kafka}`;
        await run('mvn', ['-B', '-q', '-ntp', `${plugin}:copy`, artifact, `-DoutputDirectory=${into}`]);
      },
    },
    (text) => process.stderr.write(`${text}\n`),
  );
  mkdirSync(folder, { recursive: true });
  const classes = [tools, jars].map((each) => join(each, '*')).join(delimiter);
  const start = [java, ...JVM_FLAGS, '-cp', classes, 'org.apache.kafka.tools.AclCommand'];
  const script = `#!/bin/sh\nexec ${start.map((part) => `'${part}'`).join(' ')} "$@"\n`;
  writeFileSync(join(folder, 'kafka-acls.sh'), script, { mode: 0o755 });
  return folder;
}
