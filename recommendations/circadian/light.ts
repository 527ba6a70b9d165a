/** Light at the eye over a stretch of time: hours on any axis (`from` before `to`), lux. */
export interface LightSpan {
  readonly from: number;
  readonly to: number;
  readonly lux: number;
}

/**
 * The light of every moment from `from` to `to`, in order and without gaps: dark where no span is. Where spans overlap
 * the one that stands later in the list wins.
 */
export function fillLight(spans: readonly LightSpan[], from: number, to: number): readonly LightSpan[] {
  const edges = new Set([from, to]);
  for (const span of spans) {
    if (span.from > from && span.from < to) edges.add(span.from);
    if (span.to > from && span.to < to) edges.add(span.to);
  }
  const sorted = [...edges].sort((a, b) => a - b);
  const filled: LightSpan[] = [];
  for (const [index, start] of sorted.slice(0, -1).entries()) {
    const end = sorted[index + 1] ?? to;
    const lux = spans.findLast((span) => span.from <= start && span.to >= end)?.lux ?? 0;
    const last = filled.at(-1);
    if (last?.lux === lux) filled[filled.length - 1] = { ...last, to: end };
    else filled.push({ from: start, to: end, lux });
  }
  return filled;
}
