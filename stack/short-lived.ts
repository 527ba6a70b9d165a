import { createRunFolder, sweepDeadRuns } from '#stack/run-folder.ts';
import {
  type Environment,
  type RunningServices,
  type ServiceReport,
  startServices,
} from '#stack/services.ts';

/**
 * The services for one command or one test run, in a folder of their own that `stop` removes. What an earlier run that
 * was killed has left is ended first.
 */
export async function startShortLived(
  env: Environment,
  signal: AbortSignal,
  onStarted: (report: ServiceReport) => void,
): Promise<RunningServices> {
  await sweepDeadRuns();
  const folder = createRunFolder();
  // Whoever calls process.exit on a signal, as vitest does, leaves no time for `stop`.
  process.once('exit', folder.endNow);
  try {
    const services = await startServices({
      env,
      folder: folder.path,
      signal,
      engine: env.ZONER_STACK === 'docker' ? 'docker' : 'process',
      onProcess: folder.recordProcess,
      onContainer: folder.recordContainer,
      onStarted,
    });
    const stop = async (): Promise<void> => {
      await services.stop();
      process.off('exit', folder.endNow);
      folder.remove();
    };
    return { ...services, stop };
  } catch (error) {
    process.off('exit', folder.endNow);
    // After a failure the folder stays for now, because the error names a log in it; the next sweep removes it.
    if (signal.aborted) folder.remove();
    throw error;
  }
}
