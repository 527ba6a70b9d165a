import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { findChromium, launchChromium } from '#api/testing/browser.ts';

/** Which picture to take. */
export interface Picture {
  readonly path: string;
  readonly file: string;
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** The whole page rather than what a screen shows. */
  readonly fullPage?: boolean;
}

/** Lets Chromium take a picture of a page, on any free port, and closes the server. */
export async function takePicture(app: FastifyInstance, picture: Picture): Promise<void> {
  const { path, file, width = 1100, colorScheme = 'light', fullPage = false } = picture;
  const chromium = findChromium(process.env);
  if (chromium === null) throw new Error('Chromium is needed: install it, or set CHROMIUM_PATH');
  await app.listen({ host: '127.0.0.1', port: 0 });
  const browser = await launchChromium(chromium);
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  await page.goto(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}${path}`);
  await page.screenshot({ path: file, fullPage });
  await browser.close();
  await app.close();
}
