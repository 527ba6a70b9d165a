/**
 * Aborts on the first SIGINT, SIGTERM or SIGHUP, so that a command can finish what it began and stop what it started.
 * A second one ends the process at once, for a person who has waited long enough.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new Error(`stopped by ${name}`));
    });
  }
  return controller.signal;
}
