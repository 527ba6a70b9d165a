/** The process in which a batch is tried that has ended three others: see `find-killers.ts`. */
import { writeSync } from 'node:fs';
import type { Trial } from '#consumer/find-killers.ts';
import { partition } from '#consumer/partition.ts';
import { createReader } from '#consumer/reader.ts';

// As in every process of Zoner: the environment has secrets, and a report of a crash would list it.
if (process.report) process.report.excludeEnv = true;

process.once('message', ({ records, writers, contract }: Trial) => {
  const reader = createReader(contract);
  records.forEach((record, index) => {
    // Written at once, because what comes next may be the end.
    writeSync(1, `${index}\n`);
    partition([record], writers, reader);
  });
  writeSync(1, 'done\n');
  process.disconnect();
});
