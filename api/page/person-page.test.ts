import { expect, test } from 'vitest';
import { html } from '#api/page/html.ts';
import { personPage } from '#api/page/person-page.ts';
import { EXAMPLE_NOW, exampleApi } from '#api/testing/example-person.ts';
import { advise } from '#recommendations/advice/advise.ts';
import { NOTHING_KNOWN } from '#recommendations/person/history.ts';

const ATTACK = '"><script>alert(1)</script>\'&';

test('a value never becomes markup, in text or in an attribute', () => {
  expect(html`<b title="${ATTACK}">${ATTACK}</b>`.text).toBe(
    '<b title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;">&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;</b>',
  );
  const page = personPage(ATTACK, advise(NOTHING_KNOWN, EXAMPLE_NOW).advice, {
    history: NOTHING_KNOWN,
    version: 0,
  });
  expect(page).not.toContain('<script>alert');
});

test('a person of whom too little is known is told so, and given nothing invented', () => {
  const page = personPage('eve', advise(NOTHING_KNOWN, EXAMPLE_NOW).advice, {
    history: NOTHING_KNOWN,
    version: 0,
  });
  expect(page).toContain('0 of the three nights');
  expect(page).not.toContain('<svg');
});

test('each window is told in words besides the drawing, and a journey in both zones', async () => {
  const { app } = await exampleApi();
  const page = (await app.inject('/users/ada')).body;
  const windows = (await app.inject('/v1/users/ada/recommendations')).json().windows as { reason: string }[];
  const plain = page.replaceAll('&#39;', "'");
  for (const { reason } of windows.slice(0, 3)) expect(plain).toContain(reason);
  expect(page).toContain('Berlin time');
  expect(page).toContain('Los Angeles time');
}, 30_000);

test('the page is for whom it is about', async () => {
  const authenticate = async () => ({ userId: 'eve', scopes: new Set<string>(), expiresAt: null });
  const { app } = await exampleApi({ authenticate });
  expect((await app.inject('/users/ada')).statusCode).toBe(403);
  expect((await app.inject('/')).statusCode).toBe(200);
});
