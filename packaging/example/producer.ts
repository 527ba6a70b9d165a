import { randomUUID } from 'node:crypto';
import { createKafkajsProducer } from 'zoner/kafka';
import { createProducer } from 'zoner/producer';
import { createSchemaIds } from 'zoner/registry';
import { parseConfig } from 'zoner/settings';
import { Goals } from './schemas/generated/goals/types.js';

const { kafka, registry } = parseConfig(process.env);
const producer = createProducer({
  transport: createKafkajsProducer(kafka),
  schemaIds: createSchemaIds(registry),
});
for (const subjectId of ['ada', 'grace', 'edsger']) {
  await producer.send(Goals, {
    eventId: randomUUID() as Goals['eventId'],
    subjectId,
    occurredAt: new Date(),
    hours: 8,
  });
}
await producer.close();
