/** One Ctrl-C arrives more than once: from the terminal, from npm, from the installer. A person presses more slowly. */
const REPEAT_MS = 1000;

/**
 * Aborts on the first SIGINT, SIGTERM or SIGHUP, so that a command can finish what it began and stop what it started.
 * One that comes a second or more later ends the process at once, for a person who has waited long enough.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      const now = performance.now();
      if (controller.signal.aborted && now - first > REPEAT_MS) process.exit(130);
      if (controller.signal.aborted) return;
      first = now;
      controller.abort(new Error(`stopped by ${name}`));
    });
  }
  return controller.signal;
}

/** Resolves once the signal has aborted, also if that was before: a command may be stopped while it still begins. */
export function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
