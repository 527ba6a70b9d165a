import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Node tells of each socket that this process opens (diagnostics_channel, "net.client.socket"). */
const CHANNEL = 'net.client.socket';

/** Bytes that came over connections which were opened while the work ran, whatever opened them. */
export async function receivedBytes(work: () => Promise<void>): Promise<number> {
  const sockets: Socket[] = [];
  const note = (message: unknown): void => {
    sockets.push((message as { readonly socket: Socket }).socket);
  };
  subscribe(CHANNEL, note);
  try {
    await work();
  } finally {
    unsubscribe(CHANNEL, note);
  }
  return sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
}
