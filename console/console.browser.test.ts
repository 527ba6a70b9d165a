import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findChromium, launchChromium } from '#api/testing/browser.ts';
import { LOOKS, type PageLook, seriousFindings } from '#api/testing/look.ts';
import { type ConsoleHarness, consoleHarness } from '#console/testing/console-harness.ts';
import { known } from '#console/testing/example-board.ts';

/** The console in a real browser. */

const chromium = findChromium(process.env);
const QUICK = { pollMs: 20, heartbeatMs: 1000, slowMs: 5000, mostReaders: 10 };
const RECORD = '/record?topic=orders&partition=1&offset=1042';

let browser: Browser;
let harness: ConsoleHarness;
let base = '';

/** Opens a page, does something with it, and gives what its console complained of. */
async function withPage(path: string, look: PageLook, use: (page: Page) => Promise<void>): Promise<string[]> {
  const context = await browser.newContext({ ...look, bypassCSP: false });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${base}${path}`);
  await use(page);
  await context.close();
  return complaints;
}

describe.skipIf(chromium === null)('in Chromium', () => {
  beforeAll(async () => {
    browser = await launchChromium(chromium ?? '');
    harness = await consoleHarness({ contracts: 8, streamLimits: QUICK });
    await harness.app.listen({ host: '127.0.0.1', port: 0 });
    base = `http://127.0.0.1:${(harness.app.server.address() as AddressInfo).port}`;
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await harness?.app.close();
  });

  test.each(LOOKS)('each page is readable and accessible: $viewport.width px, $colorScheme', async (look) => {
    for (const path of ['/', '/contracts/orders', RECORD]) {
      const complaints = await withPage(path, look, async (page) => {
        const width = await page.evaluate<number>('document.documentElement.scrollWidth');
        expect(width, path).toBeLessThanOrEqual(look.viewport.width);
        expect(await seriousFindings(page), path).toEqual([]);
      });
      expect(complaints, path).toEqual([]);
    }
  });

  test('what changes is shown without a reload, and the keyboard stays where it was', async () => {
    const complaints = await withPage('/', {}, async (page) => {
      expect(await page.locator('#plan').textContent()).toContain('add column');
      await page.locator('#contract-orders').focus();
      await page.locator('#flow-numbers summary').click();
      await page.locator('#contract-orders').focus();
      harness.board.set({ plan: known({ steps: [], refusals: [] }) });
      await expect
        .poll(() => page.locator('#plan').textContent(), { timeout: 10_000 })
        .toContain('as the contracts say');
      expect(await page.evaluate('document.activeElement.id')).toBe('contract-orders');
      expect(await page.locator('#flow-numbers table').isVisible()).toBe(true);
    });
    expect(complaints).toEqual([]);
  });

  test('what somebody types is not lost when something changes', async () => {
    await withPage('/', {}, async (page) => {
      await page.locator('#offset').fill('10');
      const { version } = harness.board;
      harness.board.set({});
      await expect.poll(() => page.locator('#live').getAttribute('data-version')).toBe(String(version + 1));
      expect(await page.locator('#offset').inputValue()).toBe('10');
    });
  });

  test('without a mouse and without scripts a record is found by its place', async () => {
    await withPage('/record', { javaScriptEnabled: false }, async (page) => {
      await page.locator('#topic').selectOption('orders');
      await page.locator('#partition').fill('1');
      await page.locator('#offset').fill('1042');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${base}${RECORD}`);
      expect(await page.locator('h1').textContent()).toContain('It is a row');
    });
  });

  test('a hundred contracts fit a phone, and every link of the first page leads somewhere', async () => {
    const { app } = await consoleHarness({ contracts: 100 });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const many = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    await page.goto(many);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(390);
    const links = await page.evaluate<string[]>(
      `[...document.querySelectorAll('a[href^="/"]')].map((each) => each.getAttribute('href'))`,
    );
    expect(new Set(links).size).toBeGreaterThan(100);
    for (const path of new Set(links)) expect((await app.inject(path)).statusCode, path).toBe(200);
    await page.close();
    await app.close();
  });
});
