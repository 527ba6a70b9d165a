import { expect, test } from 'vitest';
import { traceIdOf } from '#core/trace-parent.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

test.each([
  `00-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-00`,
  // A later version may add to it.
  `01-${TRACE}-${SPAN}-01-more`,
])('%s names its trace', (text) => {
  expect(traceIdOf(text)).toBe(TRACE);
});

test.each([
  null,
  '',
  TRACE,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01x`,
  ` 00-${TRACE}-${SPAN}-01`,
])('%s names none', (text) => {
  expect(traceIdOf(text)).toBeNull();
});
