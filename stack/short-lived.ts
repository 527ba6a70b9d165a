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
  const engine = env.ZONER_STACK === 'docker' ? 'docker' : 'process';
  try {
    const services = await startServices({
      env,
      folder: folder.path,
      signal,
      engine,
      onProcess: folder.record,
      onStarted,
    });
    const stop = async (): Promise<void> => {
      await services.stop();
      folder.remove();
    };
    return { ...services, stop };
  } catch (error) {
    // After a failure the folder stays for now, because the error names a log in it; the next sweep removes it.
    if (signal.aborted) folder.remove();
    throw error;
  }
}
