import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian, Fedora and CHROMIUM_PATH have it; null where it is missing. */
export function findChromium(env: Readonly<Record<string, string | undefined>>): string | null {
  const places = [env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
  return places.find((path) => path !== undefined && path !== '' && existsSync(path)) ?? null;
}

/** A browser that talks to nobody but the pages it is sent to. */
export function launchChromium(executablePath: string): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return chromium.launch({ executablePath, headless: true, args });
}
