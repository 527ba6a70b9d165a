/** How long a topic goes on holding a record that nobody deletes. */
export type Retained =
  /** Gone by then at the latest, in milliseconds since 1970. */
  | { readonly kind: 'until'; readonly at: number }
  /** Until the broker's cleaner has run over it, once a tombstone of its key is there. */
  | { readonly kind: 'until-compacted' }
  | { readonly kind: 'for-ever' };

/** The broker looks for what is too old every five minutes (`log.retention.check.interval.ms`), and deletes a minute later. */
const CHECK_MS = 360_000;
const WEEK_MS = 604_800_000;

/**
 * By when a topic has let go of its records up to one that was written at `newest`. Kafka deletes whole segments, those
 * whose newest record is older than `retention.ms`; a segment takes records for up to `segment.ms`.
 * Source: Kafka's documentation of topic configurations.
 */
export function retainedBy(settings: ReadonlyMap<string, string>, newest: bigint): Retained {
  const policy = settings.get('cleanup.policy') ?? 'delete';
  const retention = Number(settings.get('retention.ms') ?? WEEK_MS);
  const isDeleted = policy.split(',').includes('delete') && retention >= 0;
  if (isDeleted) {
    const segment = Number(settings.get('segment.ms') ?? WEEK_MS);
    return { kind: 'until', at: Number(newest) + retention + segment + CHECK_MS };
  }
  return policy.split(',').includes('compact') ? { kind: 'until-compacted' } : { kind: 'for-ever' };
}
