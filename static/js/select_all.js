// <input type="checkbox" data-tick-all hidden>: ticks all rows of the page, and shows whether all are ticked.
const ROWS = 'input[name="contact"][form="selection"], input[name="conversation"][form="ticked"]';
const boxes = () => [...document.querySelectorAll(ROWS)];

function show() {
  const all = boxes();
  const ticked = all.filter((box) => box.checked).length;
  for (const head of document.querySelectorAll("[data-tick-all]")) {
    head.hidden = all.length === 0;
    head.checked = ticked > 0 && ticked === all.length;
    head.indeterminate = ticked > 0 && ticked < all.length;
  }
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-tick-all]")) for (const box of boxes()) box.checked = target.checked;
  if (target.matches(`[data-tick-all], ${ROWS}`)) show();
});
document.addEventListener("htmx:load", show);
document.addEventListener("merged", show);
document.addEventListener("reset", () => setTimeout(show));
show();
