import { expect, test } from 'vitest';
import { SCOPE_READ } from '#api/authentication.ts';
import { consoleHarness, EXAMPLE_TRACE } from '#console/testing/console-harness.ts';
import { known } from '#console/testing/example-board.ts';

const RECORD = '/record?topic=orders&partition=1&offset=1042';
const DOWN = { message: 'Kafka gave no answer in 30000 ms.', remedy: 'Check that the broker runs.' };

test('no route takes anything but GET and HEAD', async () => {
  const { app } = await consoleHarness();
  await app.ready();
  const routes = app.printRoutes({ commonPrefix: false });
  expect(routes).toContain('contracts/:name (GET, HEAD)');
  const methods = [...routes.matchAll(/\(([A-Z, ]+)\)/g)].flatMap(([, list = '']) => list.split(', '));
  expect(methods.length).toBeGreaterThan(20);
  expect(methods.filter((method) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const)
    expect((await app.inject({ method, url: '/' })).statusCode).toBe(404);
});

test('the first page tells the flow, the causes with their proof, the contracts and the plan', async () => {
  const { app } = await consoleHarness();
  const { body, headers } = await app.inject('/');
  for (const text of [
    'now decodable: <b>411 of 412</b>',
    'zoner dead-letters replay orders --cause WRITER_INCOMPATIBLE:9:Order.lines',
    'ORDERS: add column LINES VARIANT',
    'Order.lines: field added, and 1 change more',
    '1 thing needs somebody',
    '58 resolved, 2 parked',
  ])
    expect(body).toContain(text);
  expect(headers['content-security-policy']).toBe(
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
  );
  expect(body).not.toMatch(/ style=|<style|<script>|https?:\/\//);
});

test('where one system is down, its section says so with the remedy and its age, and the rest stands', async () => {
  const { app, board } = await consoleHarness();
  board.set({
    letters: { ...board.letters(), trouble: DOWN },
    plan: { value: null, at: null, trouble: DOWN },
  });
  const { body } = await app.inject('/');
  expect(body).toContain('Not everything can be read');
  expect(body.match(/This cannot be read now/g)).toHaveLength(2);
  expect(body).toContain('What follows is as of 12:00:26 UTC.');
  expect(body).toContain('411 of 412');
  board.set({ rows: null, plan: null });
  expect((await app.inject('/')).body).toContain('No warehouse is set');
});

test('the first page is drawn once for all who ask, and anew for a new minute and for what is read', async () => {
  const { app, board } = await consoleHarness();
  let drawn = 0;
  const { flows } = board;
  board.flows = () => {
    drawn += 1;
    return flows();
  };
  const page = async () => (await app.inject('/')).body;
  const first = await page();
  const once = drawn;
  expect(await page()).toBe(first);
  board.pass(20_000);
  expect(await page()).toContain('As of 12:00:50 UTC');
  expect(drawn).toBe(once);
  board.pass(20_000);
  expect(await page()).toContain('<span>12:01</span>');
  expect(drawn).toBe(2 * once);
});

test('where nothing is wrong, the headline still tells how many dead letters are open', async () => {
  const { app, board } = await consoleHarness();
  board.set({ plan: known({ steps: [], refusals: [] }) });
  const headline = async () => /<h1.*<\/h1>/.exec((await app.inject('/')).body)?.[0];
  const orders = board.letters().value?.get('orders');
  if (orders === undefined) throw new Error('orders has letters');
  const open = orders.states.open.toLocaleString('en');
  expect(await headline()).toContain(`Everything flows; ${open} dead letters are open</h1>`);
  board.set({ letters: known(new Map([['orders', { ...orders, states: { ...orders.states, open: 0 } }]])) });
  expect(await headline()).toContain('Everything flows</h1>');
});

test('before anything is read the pages are there, and say so', async () => {
  const { app, board } = await consoleHarness();
  const nothing = { value: null, at: null, trouble: null };
  board.set({ flows: nothing, rows: nothing, letters: nothing, schemas: nothing, plan: nothing });
  const { body } = await app.inject('/');
  expect(body).toContain('Looking around');
  expect(body.match(/Being read…/g)?.length).toBe(4);
  expect((await app.inject('/contracts/orders')).statusCode).toBe(200);
});

test('a contract has its own page; one that is not there is 404', async () => {
  const { app } = await consoleHarness();
  const { body } = await app.inject('/contracts/orders');
  expect(body).toContain('What somebody bought.');
  expect(body).toContain('<b>Version 2</b> <span class="more">schema id 9</span>');
  expect(body).toContain('FIELD_ADDED');
  expect((await app.inject('/contracts/quiet-01')).body).toContain('No dead letter is open');
  expect((await app.inject('/contracts/nobody')).statusCode).toBe(404);
});

test('a record is found by its place, and nothing about a person is told', async () => {
  const { app, logged } = await consoleHarness();
  const { body } = await app.inject(RECORD);
  expect(body).toContain('It is a row');
  expect(body).toContain('orders-value; 10 bytes; key •••.');
  expect(body).toContain('&quot;user&quot;: &quot;•••&quot;');
  expect(body).toContain('&quot;minutes&quot;: 21');
  expect(body).toContain(`Trace <code>${EXAMPLE_TRACE}</code>`);
  expect(body + logged.join()).not.toContain('ada');
  expect(logged.join()).not.toContain('1042');
});

test.each([
  ['nothing was written there yet', { rows: { value: [] }, range: { value: { low: 0n, high: 7n } } }],
  ['is not consumed yet', { rows: { value: [] }, committed: { value: 1000n } }],
  ['was consumed, and is in no state', { rows: { value: [] } }],
  ['no longer keeps it', { rows: { value: [] }, range: { value: { low: 2000n, high: 5000n } } }],
  ['Not everything could be asked', { rows: { trouble: DOWN } }],
  ['Not everything could be asked', { rows: { value: [] }, range: { trouble: DOWN } }],
  ['a double', { rows: { value: [1, 2].map((loadedAt) => ({ loadedAt, schemaId: 9 })) } }],
  ['No warehouse is set', { rows: null }],
  ['It was erased', { rows: { value: [] }, isErased: true, content: null, record: { value: null } }],
])('of a record it says: %s', async (says, life) => {
  const { app } = await consoleHarness({ life });
  const { body } = await app.inject(RECORD);
  expect(body.toLowerCase()).toContain(says.toLowerCase());
});

test.each([
  '/record?topic=orders&partition=-1&offset=2',
  '/record?topic=orders&partition=1&offset=99999999999999999999',
  '/record?topic=orders',
  '/record?topic=orders&topic=orders&partition=0&offset=0',
])('%s is refused', async (url) => {
  const { app } = await consoleHarness();
  expect((await app.inject(url)).statusCode).toBe(400);
});

test('names are text, whatever they hold', async () => {
  const { app, board } = await consoleHarness();
  const letters = board.letters().value?.get('orders');
  if (letters === undefined) throw new Error('orders has letters');
  const [cause] = letters.causes;
  if (cause === undefined) throw new Error('orders has a cause');
  const sly = '"><img src=x onerror=alert(1)>';
  const causes = [{ ...cause, place: sly, cause: sly, sample: { id: `c/${sly}/0/1`, reason: sly } }];
  board.set({ letters: known(new Map([['orders', { ...letters, causes }]])) });
  for (const url of ['/', '/contracts/orders']) expect((await app.inject(url)).body).not.toContain('<img');
});

test('with authentication a token needs the scope to read for everyone; the style is for all', async () => {
  const expiresAt = Date.now() + 60_000;
  const scopes = (token: string) => new Set(token === 'operator' ? [SCOPE_READ] : []);
  const { app } = await consoleHarness({
    authenticate: async (token) => ({ userId: 'ada', scopes: scopes(token ?? ''), expiresAt }),
  });
  for (const url of ['/', '/contracts/orders', RECORD, '/events']) {
    expect((await app.inject({ url, headers: { authorization: 'Bearer other' } })).statusCode, url).toBe(403);
  }
  expect((await app.inject({ url: '/', headers: { cookie: 'zoner_token=operator' } })).statusCode).toBe(200);
  for (const url of ['/assets/console.css', '/assets/page.css', '/assets/live.js', '/health/live'])
    expect((await app.inject(url)).statusCode).toBe(200);
});

test('a hundred contracts are one page of less than 300 KB', async () => {
  const { app } = await consoleHarness({ contracts: 100 });
  const { body } = await app.inject('/');
  expect(body.match(/class="spark"/g)).toHaveLength(100);
  expect(body.length).toBeLessThan(300_000);
});
