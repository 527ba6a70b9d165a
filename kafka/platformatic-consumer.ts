import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerTransport, RunOptions, Subscription } from '#consumer/ports.ts';
import type { KafkaConfig } from '#core/config.ts';
import { withDeadline } from '#kafka/deadline.ts';
import { FETCH_BYTES } from '#kafka/fetch-bytes.ts';
import { isMembershipLost, type OffsetCommit, toBatch } from '#kafka/kafkajs-batch.ts';
import { GROWTH_MS, type KafkajsConsumerOptions } from '#kafka/kafkajs-consumer.ts';
import { brokerCodesOf } from '#kafka/kafkajs-errors.ts';
import { createLease, type Lease } from '#kafka/lease.ts';
import { platformaticError } from '#kafka/platformatic-errors.ts';
import { fetchPartitions, type Unread } from '#kafka/platformatic-fetcher.ts';
import { type Membership, PlatformaticGroup } from '#kafka/platformatic-group.ts';
import { platformaticPartitions } from '#kafka/platformatic-partitions.ts';
import { createSlots, type Slots } from '#kafka/slots.ts';
import { createTopicPartitions } from '#kafka/topic-partitions.ts';

/** How long a broker may take to hear that a member leaves; it finds out by itself after the session timeout. */
const LEAVE_DEADLINE_MS = 5000;
const REJOIN_PAUSE_MS = 500;

/** Consumes in groups. Every partition without a committed offset begins at its first record. Headers come as they are. */
export function createPlatformaticConsumer(
  config: KafkaConfig,
  options: KafkajsConsumerOptions = {},
): ConsumerTransport {
  return { exactHeaders: true, run: (run) => new Run(config, options, run).start() };
}

/** One run: joins, fetches what is assigned, and gives each batch a lease until the group is joined again. */
class Run {
  readonly #options: KafkajsConsumerOptions;
  readonly #run: RunOptions;
  readonly #config: KafkaConfig;
  readonly #group: PlatformaticGroup;
  readonly #slots: Slots;
  readonly #leases = new Map<Lease, Promise<void>>();
  /** By partition, the end of the work on it, which a later membership waits for. */
  readonly #tails = new Map<string, Promise<void>>();
  readonly #paused = new Set<string>();
  #phase: 'joining' | 'running' | 'ended' = 'joining';
  readonly #end = new AbortController();
  /** Aborts the fetches of the membership that is left. */
  #membership = new AbortController();

  constructor(config: KafkaConfig, options: KafkajsConsumerOptions, run: RunOptions) {
    const { sessionTimeoutMs = 45_000, rebalanceTimeoutMs = 120_000, concurrency = 16 } = options;
    const heartbeatMs = Math.min(3000, Math.floor(sessionTimeoutMs / 6));
    this.#config = config;
    this.#options = options;
    this.#run = run;
    this.#slots = createSlots(concurrency);
    const times = { sessionTimeoutMs, rebalanceTimeoutMs, heartbeatMs };
    this.#group = new PlatformaticGroup(config, run.group, run.topics, times, {
      joined: (membership) => void this.#joined(membership),
      rebalancing: () => this.#revokeAll(new Error('the group rebalances')),
      lost: (error) => {
        this.#revokeAll(error);
        if (this.#phase === 'running') void this.#joinAgain();
      },
    });
  }

  async start(): Promise<Subscription> {
    const { joinDeadlineMs = 60_000 } = this.#options;
    const doing = `joining the group ${this.#run.group}`;
    try {
      const asked = createTopicPartitions((names) => platformaticPartitions(this.#config, names));
      await withDeadline(asked.of(this.#run.topics), joinDeadlineMs, 'asking for the topics');
      await withDeadline(this.#join(), joinDeadlineMs, doing);
      this.#phase = 'running';
      void this.#watchGrowth();
    } catch (error) {
      await this.#stop();
      throw platformaticError(error, doing);
    }
    return { stop: (drainMs) => this.#stop(drainMs) };
  }

  /** The client does not look whether its topics grow; the members of the group join again, and the leader shares out all. */
  async #watchGrowth(): Promise<void> {
    const { growthMs = GROWTH_MS } = this.#options;
    const { signal } = this.#end;
    let known = await this.#partitions();
    while (!signal.aborted) {
      await sleep(growthMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const found = await this.#partitions();
      if (known > 0 && found > known) await this.#join().catch((error: unknown) => this.#fail(error));
      known = Math.max(known, found);
    }
  }

  /** How many partitions the topics have; none while nobody can tell. */
  async #partitions(): Promise<number> {
    const leaders = await this.#group.leaders(true).catch(() => new Map<string, readonly number[]>());
    return [...leaders.values()].reduce((sum, each) => sum + each.length, 0);
  }

  /** Joins until it succeeds: members that come at one moment disturb each other, and the client gives up soon. */
  async #join(): Promise<void> {
    while (this.#phase !== 'ended') {
      try {
        await this.#group.join();
        return;
      } catch (error) {
        const meant = platformaticError(error, `joining the group ${this.#run.group}`);
        const refused = brokerCodesOf(error).some((code) => code.endsWith('AUTHORIZATION_FAILED'));
        if (refused || !meant.retryable) throw meant;
        await sleep(REJOIN_PAUSE_MS);
      }
    }
  }

  async #joinAgain(): Promise<void> {
    await sleep(REJOIN_PAUSE_MS);
    await this.#join().catch((error: unknown) => this.#fail(error));
  }

  /** Begins where the group stands, and with nothing that an earlier membership has fetched. */
  async #joined(membership: Membership): Promise<void> {
    this.#revokeAll(new Error('the group was joined again'));
    if (this.#phase === 'ended') return;
    const current = new AbortController();
    this.#membership = current;
    const { signal } = current;
    const { maxWaitMs = 300, maxBytesPerPartition = 1024 * 1024 } = this.#options;
    const begin = await this.#positions(membership, signal);
    const wanted = begin.filter(({ topic, partition }) => !this.#paused.has(`${topic}/${partition}`));
    await fetchPartitions(wanted, {
      leaders: (fresh) => this.#group.leaders(fresh),
      fetch: (node, waitMs, places) =>
        this.#group.fetch(node, waitMs, FETCH_BYTES, maxBytesPerPartition, places),
      earliest: (topic, partition) => this.#group.earliest(topic, partition),
      deliver: (unread) => this.#deliver(unread, membership, signal),
      onFatal: (error) => this.#fail(error),
      maxWaitMs,
      signal,
    });
  }

  async #positions(membership: Membership, signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        const places = await this.#group.positions(membership.assignments);
        const { from } = this.#run;
        return places.map((place) => {
          return { ...place, offset: from?.get(place.topic)?.get(place.partition) ?? place.offset };
        });
      } catch {
        // A coordinator that is away, or has just begun, is waited for: the membership ends if it stays away.
        await sleep(REJOIN_PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    return [];
  }

  /** @returns whether the next batch of the partition may follow */
  async #deliver(unread: Unread, membership: Membership, signal: AbortSignal): Promise<boolean> {
    const { topic, partition } = unread;
    const place = `${topic}/${partition}`;
    await this.#tails.get(place);
    const release = await this.#slots.take();
    try {
      if (signal.aborted || this.#paused.has(place)) return false;
      const lease = createLease(topic, partition);
      const work = this.#work(unread, lease, membership);
      this.#leases.set(lease, work);
      this.#tails.set(place, work);
      await work;
      this.#leases.delete(lease);
      // Behind a batch that was not finished nothing may be committed.
      return !lease.signal.aborted && !this.#paused.has(place);
    } finally {
      release();
    }
  }

  async #work(unread: Unread, lease: Lease, membership: Membership): Promise<void> {
    const control = {
      commit: (offset: OffsetCommit) => this.#group.commit(membership, offset),
      pause: () => void this.#paused.add(`${unread.topic}/${unread.partition}`),
    };
    try {
      await this.#run.onBatch(toBatch(await unread.read(), lease, control));
    } catch (error) {
      if (lease.signal.aborted) return;
      lease.revoke(error);
      this.#fail(error);
    }
    // The broker knows more than the heartbeat did: what it says next is that the group has to be joined again.
    if (isMembershipLost(lease.cause)) this.#membership.abort();
  }

  #revokeAll(cause: unknown): void {
    this.#membership.abort();
    for (const lease of this.#leases.keys()) lease.revoke(cause);
  }

  #fail(error: unknown): void {
    if (this.#phase === 'ended') return;
    void this.#stop().then(() => this.#run.onFatal(error));
  }

  async #stop(drainMs = 0): Promise<void> {
    this.#phase = 'ended';
    this.#end.abort();
    this.#membership.abort();
    const settled = (): Promise<unknown> => Promise.allSettled([...this.#leases.values()]);
    if (drainMs > 0) await withDeadline(settled(), drainMs, 'draining').catch(() => undefined);
    this.#revokeAll(new Error('the consumer stops'));
    await settled();
    await withDeadline(this.#group.close(), LEAVE_DEADLINE_MS, 'leaving').catch(() => undefined);
  }
}
