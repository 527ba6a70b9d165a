import { type Config, parseConfig } from '#core/config.ts';
import { startShortLived } from '#stack/short-lived.ts';

/** Runs on services of its own with both of Java's compilers on, and stops them however it ends. */
export async function withServices<Result>(
  tell: (line: string) => void,
  work: (config: Config, env: NodeJS.ProcessEnv) => Promise<Result>,
): Promise<Result> {
  // The stack turns the second compiler off for the sake of a fast start; what stands here has the last word.
  process.env._JAVA_OPTIONS = '-XX:TieredStopAtLevel=4';
  const stop = new AbortController();
  const services = await startShortLived(process.env, stop.signal, ({ name }) => tell(`${name} is up`));
  try {
    const env = { ...process.env, ...services.env };
    return await work(parseConfig(env), env);
  } finally {
    await services.stop();
  }
}
