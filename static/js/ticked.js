// Ticked rows of the inbox: "x" ticks the current row, a click with Shift all rows between two, and ticks outlast a refresh.
// Loaded after select_all.js, whose ticks it remembers.
const form = document.querySelector("form[data-ticked]");
const boxes = () => [...document.querySelectorAll('input[name="conversation"][form="ticked"]')];
const ticked = new Set();
let last = null; // the ID of the row that was ticked last

function remember() {
  for (const box of boxes()) ticked[box.checked ? "add" : "delete"](box.value);
  if (ticked.size) document.querySelector("#ticked-result").replaceChildren();
}
function tick(box, checked, range) {
  const all = boxes();
  const [from, to] = [all.findIndex((other) => other.value === last), all.indexOf(box)].sort((a, b) => a - b);
  for (const other of range && from >= 0 ? all.slice(from, to + 1) : [box]) other.checked = checked;
  last = box.value;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}
const currentRow = () =>
  document.activeElement.closest("li.conversation") ?? document.querySelector("li.conversation:has([aria-current]), li.conversation");

if (form) {
  document.addEventListener("change", remember);
  form.addEventListener("reset", () => ticked.clear()); // at once: a merge may come next
  document.addEventListener("click", ({ target, shiftKey }) => target.form === form && target.name === "conversation" && tick(target, target.checked, shiftKey));
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
    const box = event.key === "x" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey && currentRow()?.querySelector("input");
    if (box && localStorage.getItem("keys") !== "off") tick(box, !box.checked, false);
  });
  document.addEventListener("merged", () => {
    const all = boxes();
    for (const box of all) box.checked = ticked.has(box.value);
    for (const id of ticked) if (!all.some((box) => box.value === id)) ticked.delete(id);
  });
  form.addEventListener("htmx:afterRequest", ({ detail }) => detail.elt === form && detail.xhr.status === 200 && form.reset());
}
