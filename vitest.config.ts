import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Half of a short command's time is compiling: what one process of a test has compiled, the next ones find. */
const env = { NODE_COMPILE_CACHE: fileURLToPath(new URL('.zoner/compiled', import.meta.url)) };

/**
 * Lanes: `unit` is pure and takes seconds; `browser` opens pages in Chromium, where there is one; `live` starts the real
 * services once (see stack/vitest-services.ts); `faults` does too, and takes minutes; `package` installs the packed tarball
 * in a repository of its own; `security` starts services with TLS and
 * users; `compose` starts docker-compose.yml; `kubernetes` makes the manifests of `kubernetes/` and holds them against published
 * schemas. ZONER_SEEDS says how many seeds a test of faults tries (3), ZONER_SEED which ones.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [
            '**/*.{live,browser,compose,faults,kubernetes,package,security}.test.ts',
            '**/node_modules/**',
            '.zoner/**',
          ],
          // No module holds state that a test changes, so files of a worker share them: half the time of the lane.
          isolate: false,
          maxWorkers: 3,
          // A busy machine is no defect.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'browser',
          maxWorkers: 3,
          include: ['**/*.browser.test.ts'],
          exclude: ['node_modules/**', '.zoner/**'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'package',
          include: ['**/*.package.test.ts'],
          exclude: ['node_modules/**', '.zoner/**'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'faults',
          env,
          include: ['**/*.faults.test.ts'],
          exclude: ['node_modules/**', '.zoner/**'],
          globalSetup: ['./stack/vitest-services.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          execArgv: ['--disable-warning=TimeoutNegativeWarning'],
        },
      },
      {
        test: {
          name: 'compose',
          include: ['**/*.compose.test.ts'],
          exclude: ['node_modules/**', '.zoner/**'],
        },
      },
      {
        test: {
          name: 'kubernetes',
          include: ['**/*.kubernetes.test.ts'],
          exclude: ['node_modules/**', '.zoner/**'],
          testTimeout: 60_000,
          // The first run compiles kustomize.
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'security',
          env,
          // Each file starts services of its own.
          maxWorkers: 1,
          include: ['**/*.security.test.ts'],
          exclude: ['node_modules/**', '.zoner/**'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          execArgv: ['--disable-warning=TimeoutNegativeWarning'],
        },
      },
      {
        test: {
          name: 'live',
          env,
          include: ['**/*.live.test.ts'],
          exclude: ['node_modules/**', '.zoner/**'],
          globalSetup: ['./stack/vitest-services.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 3,
          // kafkajs sets timers in the past, which Node 24 warns of.
          execArgv: ['--disable-warning=TimeoutNegativeWarning'],
        },
      },
    ],
  },
});
