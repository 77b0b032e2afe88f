// Keeps the scroll position in a thread when texts arrive: the place further up, or the end.
// The thread is laid out from its end (column-reverse), so that scrollTop is 0 there and negative above.
const positions = new WeakMap();
const thread = (event) => event.target.querySelector?.("[data-from-end]");

document.addEventListener("htmx:beforeSwap", (event) => {
  const pane = thread(event);
  if (pane) positions.set(pane, { top: pane.scrollTop, last: pane.querySelector("li:last-child"), height: pane.scrollHeight });
});
document.addEventListener("merged", (event) => {
  const pane = thread(event);
  const was = pane && positions.get(pane);
  if (!was || was.top > -40) return;
  const below = was.last?.isConnected && was.last !== pane.querySelector("li:last-child");
  pane.scrollTop = was.top - (below ? pane.scrollHeight - was.height : 0);
});
