import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Harness } from '#api/testing/api-harness.ts';
import { findChromium, launchChromium } from '#api/testing/browser.ts';
import { exampleApi, takeNap } from '#api/testing/example-person.ts';
import { LOOKS, type PageLook, seriousFindings } from '#api/testing/look.ts';

/** The page in a real browser. */

const chromium = findChromium(process.env);
const QUICK = { pollMs: 20, heartbeatMs: 1000, slowMs: 5000, mostReaders: 10 };
let browser: Browser;
let harness: Harness;
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
    harness = await exampleApi({ options: { streamLimits: QUICK } });
    await harness.app.listen({ host: '127.0.0.1', port: 0 });
    base = `http://127.0.0.1:${(harness.app.server.address() as AddressInfo).port}`;
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await harness?.app.close();
  });

  test.each(LOOKS)(
    'a person’s page is readable and accessible: $viewport.width px, $colorScheme',
    async (look) => {
      const complaints = await withPage('/users/ada', look, async (page) => {
        expect(await page.locator('h1').textContent()).toBe('ada');
        expect(await page.locator('svg.clock .arc').count()).toBeGreaterThan(3);
        expect(await page.locator('svg.actogram .slept').count()).toBeGreaterThanOrEqual(13);
        expect(await page.locator('svg.actogram .cbtmin').count()).toBeGreaterThanOrEqual(12);
        const tables = await page.locator('#journey ~ div table').first().textContent();
        expect(tables).toContain('Berlin time');
        expect(tables).toContain('Los Angeles time');
        const width = await page.evaluate<number>('document.documentElement.scrollWidth');
        expect(width).toBeLessThanOrEqual(look.viewport.width);
        expect(await seriousFindings(page)).toEqual([]);
      });
      expect(complaints).toEqual([]);
    },
  );

  test('the first page explains, and its links lead somewhere', async () => {
    const complaints = await withPage('/', {}, async (page) => {
      expect(await seriousFindings(page)).toEqual([]);
      for (const link of await page.locator('main a').all())
        expect((await page.request.get(`${base}${await link.getAttribute('href')}`)).status()).toBe(200);
    });
    expect(complaints).toEqual([]);
  });

  test('without JavaScript the page says the same', async () => {
    await withPage('/users/ada', { javaScriptEnabled: false }, async (page) => {
      expect(await page.locator('.windows li').count()).toBeGreaterThan(3);
      expect(await page.locator('#live').textContent()).toContain('Reload');
    });
  });

  test('by keyboard a person skips to the content and opens the table of nights', async () => {
    await withPage('/users/ada', {}, async (page) => {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to content');
      await page.locator('summary').focus();
      await page.keyboard.press('Enter');
      expect(await page.locator('details table').isVisible()).toBe(true);
    });
  });

  test('a record that is folded shows without a reload', async () => {
    const complaints = await withPage('/users/ada', {}, async (page) => {
      const before = await page.locator('svg.actogram .slept').count();
      await takeNap(harness);
      await expect
        .poll(() => page.locator('svg.actogram .slept').count(), { timeout: 10_000 })
        .toBeGreaterThan(before);
      await expect.poll(() => page.locator('#live').textContent()).toContain('Updated');
    });
    expect(complaints).toEqual([]);
  });
});
