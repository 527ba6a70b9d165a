// Shows what is new without a reload. The page is complete without it.
const status = document.getElementById('live');
const refresh = async () => {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main');
  const main = document.getElementById('main');
  if (next === null || main === null) return;
  const open = [...main.querySelectorAll('details')].map((each) => each.open);
  const live = next.querySelector('#live');
  if (live !== null && status !== null) live.replaceWith(status);
  main.replaceChildren(...next.childNodes);
  for (const [index, each] of [...main.querySelectorAll('details')].entries())
    each.open = open[index] ?? false;
  if (status !== null) status.textContent = `Updated at ${new Date().toLocaleTimeString()}.`;
};
if (status !== null) {
  const user = encodeURIComponent(status.dataset.user ?? '');
  // From the version that the page shows: what changed since it was written is told at once.
  const events = new EventSource(`/v1/users/${user}/events?after=${status.dataset.version ?? ''}`);
  events.addEventListener('changed', () => void refresh());
  // The hand moves on.
  setInterval(() => void refresh(), 5 * 60_000);
}
