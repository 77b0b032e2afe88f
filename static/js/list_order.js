// What arrives changes the rows of the list where they are and moves none; "2 new ↑" brings them into order. So do an
// action of this member, a hidden tab, and a page that nobody touches.
const REST = 60_000; // milliseconds without any input
const list = document.querySelector("[data-place]");
const button = document.querySelector("[data-new-above]");
const pane = list?.parentElement;
const rows = (parent) => [...parent.children].filter((child) => child.matches(".conversation"));
let [touched, ordered, anchor] = [Date.now(), false, null];

function hold(fragment) {
  const shown = rows(list);
  const fresh = rows(fragment);
  const place = new Map(shown.map((row, nth) => [row.id, nth]));
  const known = fresh.filter(({ id }) => place.has(id)).sort((a, b) => place.get(a.id) - place.get(b.id));
  const added = fresh.filter(({ id }) => !place.has(id));
  for (const row of added) row.dataset.added = ""; // laid out at once, since its height counts
  fragment.prepend(...added, ...known);
  anchor = shown.find((row) => known.some(({ id }) => id === row.id) && row.offsetTop + row.offsetHeight > pane.scrollTop);
  anchor = anchor && { id: anchor.id, top: anchor.offsetTop - pane.scrollTop };
  return Math.max(fresh.findIndex(({ id }) => id === shown[0].id), 0);
}
const order = () => htmx.trigger(list, "reorder");
if (list && button) {
  for (const name of ["pointermove", "keydown", "wheel"]) addEventListener(name, () => (touched = Date.now()));
  list.addEventListener("reorder", () => (ordered = true));
  list.addEventListener("merging", ({ detail }) => {
    const free = ordered || document.hidden || Date.now() - touched > REST || !rows(list).length;
    [anchor, ordered, list.style.minHeight] = [null, false, ""];
    button.firstElementChild.textContent = free ? 0 : hold(detail);
    button.hidden = button.textContent.startsWith("0");
  });
  list.addEventListener("merged", () => {
    const top = anchor && document.getElementById(anchor.id).offsetTop - anchor.top;
    if (top > 0) list.style.minHeight = `${pane.clientHeight + top}px`; // room to scroll to
    if (anchor) pane.scrollTop = top;
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => (ordered ||= detail.requestConfig.verb !== "get"));
  pane.addEventListener("scroll", () => pane.scrollTop === 0 && !button.hidden && order());
  button.addEventListener("click", () => (pane.scrollTop = 0) || order());
}
