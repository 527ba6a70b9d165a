import type { Findings, TopicFind } from '#erasure/search.ts';

/** One thing that holds something of a person, what erasing does there, and what stays for a while. */
export interface ErasureStep {
  readonly kind: 'mark' | 'rewrite' | 'delete-rows' | 'forget-state' | 'wait';
  /** A topic, a table, or Redis. */
  readonly object: string;
  /** Records, rows or people. */
  readonly found: number;
  /** What apply does; null if there is nothing to do but to wait. */
  readonly change: string | null;
  /** What is left of it afterwards, and until when; null for nothing. */
  readonly remains: string | null;
}

export interface ErasurePlan {
  readonly steps: readonly ErasureStep[];
  /** What no step can erase, with the way out. */
  readonly refusals: readonly string[];
  /** Records of which nobody can say whom they are about. */
  readonly unknown: number;
}

interface Named {
  readonly table: string;
  /** Whether a tombstone of the person's name erases the records of a compacted topic. */
  readonly isKeyed: boolean;
}

/** What erasing does about what was found. Pure; the same findings give the same plan. */
export function planErasure(findings: Findings, { table, isKeyed }: Named): ErasurePlan {
  const { source, retry, deadLetters, parked, unmarked, rows, hasState } = findings;
  const steps: ErasureStep[] = [];
  const refusals: string[] = [];
  if (source.places.length > 0) {
    const tombstone = source.retained?.kind === 'until-compacted' && isKeyed;
    const marks = `name ${unmarked.length} of them in the journal, so that no consumer reads them again`;
    steps.push({
      kind: 'mark',
      object: source.topic,
      found: source.places.length,
      change: unmarked.length === 0 ? null : tombstone ? `${marks}, and send a tombstone of the key` : marks,
      remains: remainsOf(source),
    });
    refusals.push(...stuck(source, isKeyed));
  }
  if (retry.places.length > 0) {
    const found = retry.places.length;
    steps.push({ kind: 'wait', object: retry.topic, found, change: null, remains: remainsOf(retry) });
    refusals.push(...stuck(retry, false));
  }
  for (const { topic, places, letters } of [deadLetters, parked]) {
    if (places.length === 0) continue;
    const change = `discard ${letters.size} of its letters, copy those of others to its end, and delete what stands before`;
    const remains = 'the broker removes the file once it begins another';
    steps.push({ kind: 'rewrite', object: topic, found: places.length, change, remains });
  }
  if (rows.rows > 0) {
    steps.push({
      kind: 'delete-rows',
      object: table,
      found: rows.rows,
      change: `delete ${rows.rows} rows`,
      remains: timeTravel(findings),
    });
  }
  if (hasState) {
    const remains = 'an append-only file of Redis keeps it until its next rewrite';
    steps.push({ kind: 'forget-state', object: 'Redis', found: 1, change: 'delete the key', remains });
  }
  const unknown = [source, retry, deadLetters, parked].reduce((sum, each) => sum + each.unknown, 0);
  return { steps, refusals, unknown };
}

function remainsOf({ retained }: TopicFind): string {
  if (retained?.kind === 'until') return `gone from the topic by ${new Date(retained.at).toISOString()}`;
  return 'gone once the cleaner of the topic has run';
}

/** A topic that lets go of nothing by itself. */
function stuck({ topic, retained }: TopicFind, isKeyed: boolean): readonly string[] {
  if (retained?.kind === 'for-ever')
    return [`${topic} keeps records for ever: give it a retention.ms, and run this again`];
  if (retained?.kind === 'until-compacted' && !isKeyed)
    return [
      `${topic} is compacted by a key that is not the person: give its cleanup.policy delete and a retention.ms`,
    ];
  return [];
}

function timeTravel({ rows: { timeTravelDays, hasFailSafe } }: Findings): string {
  const days = timeTravelDays === null ? 'the retention time of the table' : `${timeTravelDays} days`;
  return `Time Travel keeps them for ${days}${hasFailSafe ? ', Fail-safe for 7 days more' : ''}`;
}
