import { fileURLToPath } from 'node:url';
import { exampleApi } from '#api/testing/example-person.ts';
import { takePicture } from '#api/testing/screenshot.ts';
import { consoleHarness } from '#console/testing/console-harness.ts';

/**
 * `npm run screenshot`: makes the README's pictures. `npm run screenshot -- PATH FILE [WIDTH] [light|dark]` takes the whole
 * of one page: `/users/ada` of the API, or any path of the console.
 */
const [path, file, width = '1440', scheme] = process.argv.slice(2);
const inProject = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const person = async () => (await exampleApi()).app;
const board = async () => (await consoleHarness({ contracts: 12 })).app;
if (path === undefined || file === undefined) {
  await takePicture(await person(), { path: '/users/ada', file: inProject('api/page/screenshot.png') });
  await takePicture(await board(), {
    path: '/',
    file: inProject('console/page/screenshot.png'),
    width: 1280,
  });
} else {
  const colorScheme = scheme === 'dark' ? 'dark' : 'light';
  const app = path.startsWith('/users/') ? await person() : await board();
  await takePicture(app, { path, file, width: Number(width), colorScheme, fullPage: true });
}
