import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { findChromium, launchChromium } from '#api/testing/browser.ts';
import { exampleApi } from '#api/testing/example-person.ts';

/** Makes the README's picture of a person's page: `npm run screenshot [FILE] [WIDTH] [light|dark]`. */

const [
  file = fileURLToPath(new URL('../page/screenshot.png', import.meta.url)),
  width = '1100',
  scheme = 'light',
] = process.argv.slice(2);
const chromium = findChromium(process.env);
if (chromium === null) throw new Error('Chromium is needed: install it, or set CHROMIUM_PATH');
const { app } = await exampleApi();
await app.listen({ host: '127.0.0.1', port: 0 });
const browser = await launchChromium(chromium);
const page = await browser.newPage({
  viewport: { width: Number(width), height: 900 },
  colorScheme: scheme === 'dark' ? 'dark' : 'light',
});
await page.goto(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/users/ada`);
await page.screenshot({
  path: file,
  fullPage: file !== fileURLToPath(new URL('../page/screenshot.png', import.meta.url)),
});
await browser.close();
await app.close();
