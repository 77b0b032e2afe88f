// Keeps the scroll position in a thread when texts arrive: the place further up, or the end.
// The thread is laid out from its end (column-reverse), so that scrollTop is 0 there and negative above.
const positions = new WeakMap();
const lastEntry = (pane) => [...pane.querySelectorAll("li.text, li.change")].at(-1)?.id;
const partial = (pane) => pane.querySelector("[name=upto]") !== null; // later texts are left out
const thread = (event) => event.target.querySelector?.("[data-from-end]");

document.addEventListener("htmx:beforeSwap", (event) => {
  const pane = thread(event);
  if (pane) positions.set(pane, { top: pane.scrollTop, last: lastEntry(pane), height: pane.scrollHeight, partial: partial(pane) });
});
document.addEventListener("merged", (event) => {
  const pane = thread(event);
  const was = pane && positions.get(pane);
  if (!was || (was.top > -40 && !was.partial)) return;
  const below = was.last && document.getElementById(was.last) && was.last !== lastEntry(pane);
  pane.scrollTop = was.top - (below ? pane.scrollHeight - was.height : 0);
});
