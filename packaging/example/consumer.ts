import { compileDecoder, parseFrame, parseSchema } from 'zoner/codec';
import { createKafkajsConsumer } from 'zoner/kafka';
import { createRegistryClient, createSchemaStore } from 'zoner/registry';
import { parseConfig } from 'zoner/settings';
import { Goals } from './schemas/generated/goals/types.js';

const { kafka, registry } = parseConfig(process.env);
const reader = parseSchema(Goals.schema);
const writers = createSchemaStore(createRegistryClient(registry));
const done = Promise.withResolvers<void>();
const subscription = await createKafkajsConsumer(kafka).run({
  group: 'goals-printer',
  topics: [Goals.topic],
  onFatal: done.reject,
  async onBatch({ records, commit }) {
    for (const { value, offset } of records) {
      const framed = value && parseFrame(value);
      if (!framed) throw new Error('no frame');
      const writer = (await writers.lookUp([framed.schemaId])).get(framed.schemaId);
      if (writer?.kind !== 'schema') throw new Error('an unknown writer');
      const goals = compileDecoder(writer.schema, reader).decode(framed.payload) as Goals;
      process.stdout.write(`${goals.subjectId} sleeps ${goals.hours} hours\n`);
      await commit(offset + 1n);
      if (offset === 2n) done.resolve();
    }
  },
});
await done.promise;
await subscription.stop();
