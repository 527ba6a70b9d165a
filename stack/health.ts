import { connect } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';

const ANSWER_DEADLINE_MS = 3000;

/**
 * Resolves if the broker answers and can coordinate groups. Looking up a coordinator creates `__consumer_offsets`, so
 * that the first consumer of a fresh broker does not fail on it.
 */
export async function kafkaIsHealthy(broker: string): Promise<void> {
  const kafka = new Kafka({
    clientId: 'zoner-stack',
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    connectionTimeout: ANSWER_DEADLINE_MS,
    requestTimeout: ANSWER_DEADLINE_MS,
    // The first attempt at the coordinator always fails: it is found by the metadata that the second has.
    retry: { retries: 3, initialRetryTime: 100 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    await admin.fetchOffsets({ groupId: 'zoner-stack' });
  } finally {
    await admin.disconnect();
  }
}

/** @param asksWho true for a registry that lets nobody in without credentials, which this check has not */
export async function registryIsHealthy(url: string, asksWho = false): Promise<void> {
  await answersOk(`${url}/subjects`, asksWho ? [401] : []);
}

export async function snowflakeIsHealthy(url: string): Promise<void> {
  await answersOk(`${url}/health`);
}

async function answersOk(url: string, besides: readonly number[] = []): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) }).catch((error) => {
    // Of itself it says no more than "fetch failed".
    throw error.cause ?? error;
  });
  await response.arrayBuffer();
  if (!response.ok && !besides.includes(response.status)) throw new Error(`HTTP ${response.status}`);
}

/** Resolves if a PING is answered. */
export function redisIsHealthy(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 6379), timeout: ANSWER_DEADLINE_MS });
    const end = (error?: Error): void => {
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    socket.on('connect', () => socket.write('PING\r\n'));
    // A server that wants a password is up: NOAUTH is an answer, and the password is not this check's business.
    socket.on('data', (data) =>
      /^(\+PONG|-NOAUTH)/.test(String(data)) ? end() : end(new Error(String(data).trim())),
    );
    socket.on('timeout', () => end(new Error('no answer')));
    socket.on('error', end);
  });
}
