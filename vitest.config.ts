import { defineConfig } from 'vitest/config';

/** Two lanes: `unit` is pure and takes seconds; `live` starts the real services once (see stack/vitest-services.ts). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: ['**/*.live.test.ts', '**/node_modules/**', '.zoner/**'],
        },
      },
      {
        test: {
          name: 'live',
          include: ['**/*.live.test.ts'],
          exclude: ['node_modules/**', '.zoner/**'],
          globalSetup: ['./stack/vitest-services.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          // kafkajs sets timers in the past, which Node 24 warns of.
          execArgv: ['--disable-warning=TimeoutNegativeWarning'],
        },
      },
    ],
  },
});
