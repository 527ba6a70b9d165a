import { interleave } from '#bench/codec/interleave.ts';
import { shapeOf } from '#bench/codec/shapes.ts';
import { workload } from '#bench/codec/workloads.ts';

/** A process of its own for one workload and one shape: prints the ratio as JSON. */
const [task = '', shape = ''] = process.argv.slice(2);
const isPeer = /^(kafkajs|confluent) /.test(task);
const { baseline, candidate } = isPeer
  ? await (await import('#bench/codec/peers.ts')).peerWorkload(task, shapeOf(shape))
  : workload(task, shapeOf(shape));
process.stdout.write(`${JSON.stringify(await interleave(baseline, candidate))}\n`);
// Clients keep sockets and timers.
process.exit();
