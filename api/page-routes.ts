import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { homePage } from '#api/page/home-page.ts';
import { personPage } from '#api/page/person-page.ts';
import { type People, personOf } from '#api/person-routes.ts';
import type { ReadAdvice } from '#recommendations/read-advice.ts';

const HTML = 'text/html; charset=utf-8';
/** Of every page. */
export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#2f5fb3"/><path d="M8 3v5l3 2" fill="none" stroke="#fff" stroke-width="1.5"/></svg>';

/** `/users/{id}`, `/`, and the fixed files that they use: nothing else can be reached through `/assets`. */
export function addPageRoutes(
  app: FastifyInstance,
  people: People,
  readAdvice: ReadAdvice,
  now: () => number,
): void {
  app.get('/users/:id', async (request, reply) => {
    const id = personOf(request);
    // The version is read first: a change in between is shown twice rather than never.
    const known = await people.read(id);
    return reply.type(HTML).send(personPage(id, await readAdvice(id, now()), known));
  });
  const home = homePage();
  app.get('/', { config: { open: true } }, async (_request, reply) => reply.type(HTML).send(home));
  const file = (name: string): string => readFileSync(new URL(`./page/${name}`, import.meta.url), 'utf8');
  addAsset(app, 'page.css', 'text/css; charset=utf-8', file('style.css'));
  addAsset(app, 'live.js', 'text/javascript; charset=utf-8', file('live.js'));
  addAsset(app, 'icon.svg', 'image/svg+xml', ICON);
}

/** A fixed file that pages use, without a token. */
export function addAsset(app: FastifyInstance, name: string, type: string, content: string): void {
  app.get(`/assets/${name}`, { config: { open: true } }, async (_request, reply) =>
    reply.type(type).header('cache-control', 'public, max-age=300').send(content),
  );
}
