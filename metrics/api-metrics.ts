import { Gauge, Histogram } from 'prom-client';
import { DURATION_BUCKETS, type Metrics, timed } from '#metrics/metrics.ts';
import type { ComputeAdvice } from '#recommendations/read-advice.ts';

/** One answer of the HTTP server: the route as it was declared, which names nobody. */
export interface Answered {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** What an HTTP server tells of itself: each answer, and how many listen to events whenever it is asked. */
export interface ApiWatch {
  answered(answer: Answered): void;
  listening(readers: () => number): void;
}

export function createApiWatch({ registry }: Metrics): ApiWatch {
  const duration = new Histogram({
    name: 'zoner_http_request_duration_seconds',
    help: 'Requests by route, from the first byte to the last of the answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  });
  return {
    answered({ method, route, status, seconds }) {
      duration.observe({ method, route, status: String(status) }, seconds);
    },
    listening(readers) {
      new Gauge({
        name: 'zoner_event_stream_readers',
        help: 'Clients that listen to changes now.',
        registers: [registry],
        collect() {
          this.set(readers());
        },
      });
    },
  };
}

/** Measures how long advice takes to compute, with its wait for a thread. */
export function measureAdvice({ registry }: Metrics, compute: ComputeAdvice): ComputeAdvice {
  const duration = new Histogram({
    name: 'zoner_recommendation_duration_seconds',
    help: 'Advice for one person: a journey that is planned anew, or what is left to do with the plan that was kept.',
    labelNames: ['kept', 'result'],
    buckets: DURATION_BUCKETS,
    registers: [registry],
  });
  return (asked, now) => {
    const kept = String(asked.checkpoint !== null);
    return timed(
      async () => compute(asked, now),
      (result, seconds) => duration.observe({ kept, result }, seconds),
    );
  };
}
