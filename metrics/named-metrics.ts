/** The metrics that a dashboard or rules name, without the suffixes of a histogram's series; sorted. */
export function namedMetrics(text: string): readonly string[] {
  const found = text.matchAll(/\b(?:zoner|nodejs|process)_[a-z0-9_]+/g);
  const names = [...found].map(([name]) => name.replace(/_(?:bucket|count|sum)$/, ''));
  return [...new Set(names)].sort();
}
