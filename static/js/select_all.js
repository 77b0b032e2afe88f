// <input type="checkbox" data-tick-all hidden>: ticks all contacts of the page, and shows whether all are ticked.
const boxes = () => [...document.querySelectorAll('input[name="contact"][form="selection"]')];

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
  if (target.matches('[data-tick-all], input[name="contact"]')) show();
});
document.addEventListener("htmx:load", show);
show();
