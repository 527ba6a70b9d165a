import { documentOf, html } from '#api/page/html.ts';

/** What this server is, and where to go from here. */
export function homePage(): string {
  const main = html`<h1>Zoner</h1>
<p class="lead">Helps people to keep their body clock and to get over jet lag: sleep, meals, light and trips in, what to do and when out.</p>
<h2>For people</h2><p>Your page is <code>/users/</code> followed by your user id.</p>
<h2>For programs</h2><ul>
<li><a href="/v1/openapi.json">The API as an OpenAPI document</a>: send activities and trips, read recommendations, listen to changes</li>
<li><a href="/health/ready">Whether the services that it needs answer</a></li></ul>`;
  return documentOf('Zoner', main, html``);
}
