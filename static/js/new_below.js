// "2 new": texts that arrived below while the thread was scrolled up. The button leads to them.
const END = -40; // pixels from the end of the thread
const pane = () => document.querySelector("[data-from-end]");
const button = () => document.querySelector("[data-new-below]");
const arrived = (root) => [...root.querySelectorAll(".text:not(.text-outbound)")].map((text) => text.id);
let known = new Set();
let count = 0;

function show(number) {
  count = number;
  const target = button();
  if (!target) return;
  target.hidden = !count;
  target.querySelector("span").textContent = count;
}
document.addEventListener("htmx:beforeSwap", () => {
  if (pane()) known = new Set(arrived(pane()));
});
document.addEventListener("merged", ({ target }) => {
  if (target.id !== "thread" || pane().scrollTop > END) return;
  const ids = arrived(pane());
  const last = ids.findLastIndex((id) => known.has(id));
  show(count + ids.length - 1 - last);
});
document.addEventListener("scroll", ({ target }) => target === pane() && target.scrollTop > END && show(0), true);
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-new-below]")) pane().scrollTop = 0;
});
