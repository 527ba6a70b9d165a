// Shows what is new without a reload. The page is complete without it.
const status = document.getElementById('live');
const refresh = async () => {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const next = fresh.getElementById('main');
  const main = document.getElementById('main');
  if (next === null || main === null) return;
  const open = [...main.querySelectorAll('details')].map((each) => each.open);
  const focused = main.contains(document.activeElement) ? document.activeElement.id : '';
  const says = fresh.getElementById('live')?.dataset.says;
  const live = next.querySelector('#live');
  if (live !== null && status !== null) live.replaceWith(status);
  for (const field of main.querySelectorAll('input[id], select[id]')) {
    const own = next.querySelector(`#${field.id}`);
    if (own !== null) own.replaceWith(field);
  }
  main.replaceChildren(...next.childNodes);
  for (const [index, each] of [...main.querySelectorAll('details')].entries())
    each.open = open[index] ?? false;
  if (focused !== '') document.getElementById(focused)?.focus({ preventScroll: true });
  if (status === null) return;
  status.dataset.version = fresh.getElementById('live')?.dataset.version ?? '';
  status.textContent = says ?? `Updated at ${new Date().toLocaleTimeString()}.`;
};
if (status !== null) {
  // From the version that the page shows: what changed since it was written is told at once.
  const events = new EventSource(`${status.dataset.events}?after=${status.dataset.version ?? ''}`);
  events.addEventListener('changed', () => void refresh());
  // Times move on.
  setInterval(() => void refresh(), 5 * 60_000);
}
