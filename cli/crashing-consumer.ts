/**
 * A consumer on the real services that ends itself with SIGKILL at a named point, for the fault tests. At a record that
 * holds `KILLER` it ends whatever the point, as one would whose decoder runs out of memory.
 * Usage: node cli/crashing-consumer.ts TOPIC POINT COUNT, with the endpoints in the environment.
 */
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { KILLER, type MemberOptions, startMember } from '#cli/fault-scene.ts';
import type { ConsumeDeps } from '#consumer/deps.ts';
import { findKillers } from '#consumer/find-killers.ts';
import type { Partitioned } from '#consumer/outcome.ts';
import type { Batch, ConsumerTransport } from '#consumer/ports.ts';
import { parseConfig } from '#core/config.ts';

const TRIAL = fileURLToPath(new URL('./deadly-trial.ts', import.meta.url));

/** Says where, and ends without another word; only what it has compiled is left to those after it, which start in half the time. */
function crash(where: string): void {
  flushCompileCache();
  writeSync(1, `${where}\n`);
  process.kill(process.pid, 'SIGKILL');
}

/** Ends the process the n-th time that it comes to the point. */
function crashing(point: string, count: number): NonNullable<MemberOptions['change']> {
  let left = count;
  const at = (here: string): void => {
    if (here !== point) return;
    left -= 1;
    if (left === 0) crash(point);
  };
  return (deps, sink) => ({
    deps: {
      ...deps,
      transport: beforeCommits(deps.transport, () => at('before-commit')),
      deadLetters: afterSends(deps.deadLetters, () => at('after-letters')),
      breaker: {
        ...deps.breaker,
        judge(topic, judged) {
          if (holdsKiller(judged)) crash('a deadly record');
          return deps.breaker.judge(topic, judged);
        },
      },
      findKillers: (trial, signal) => findKillers(trial, signal, { program: TRIAL }),
    },
    sink: {
      async write(records, signal) {
        at('before-sink');
        const written = await sink.write(records, signal);
        at('after-sink');
        return written;
      },
    },
  });
}

function beforeCommits(transport: ConsumerTransport, before: () => void): ConsumerTransport {
  const watched = (batch: Batch): Batch => ({
    ...batch,
    commit(next, metadata) {
      // With metadata it is the mark of the beginning, and no commit of what was done.
      if (metadata === '') before();
      return batch.commit(next, metadata);
    },
  });
  return {
    exactHeaders: transport.exactHeaders,
    run: (options) => transport.run({ ...options, onBatch: (batch) => options.onBatch(watched(batch)) }),
  };
}

function afterSends(letters: ConsumeDeps['deadLetters'], after: () => void): ConsumeDeps['deadLetters'] {
  if (letters === null) return null;
  return {
    close: () => letters.close(),
    async send(records) {
      await letters.send(records);
      after();
    },
  };
}

function holdsKiller({ accepted, refused }: Partitioned): boolean {
  const judged = [...accepted, ...refused.filter(({ code }) => code !== 'PROCESS_KILLER')];
  return judged.some(({ record: { value } }) => value !== null && Buffer.from(value).includes(KILLER));
}

const [topic = '', point = '', count = '1'] = process.argv.slice(2);
const member = await startMember(parseConfig(process.env), topic, {
  change: crashing(point, Number(count)),
});
await member.caughtUp();
writeSync(1, 'caught up\n');
await member.stop();
