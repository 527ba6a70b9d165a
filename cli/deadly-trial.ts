/** The trial of a batch whose records may hold `KILLER`: it ends as the consumer does, see `crashing-consumer.ts`. */
import { writeSync } from 'node:fs';
import { KILLER } from '#cli/fault-scene.ts';
import type { Trial } from '#consumer/find-killers.ts';

process.once('message', ({ records }: Trial) => {
  records.forEach(({ value }, index) => {
    writeSync(1, `${index}\n`);
    if (value !== null && Buffer.from(value).includes(KILLER)) process.kill(process.pid, 'SIGKILL');
  });
  writeSync(1, 'done\n');
  process.disconnect();
});
