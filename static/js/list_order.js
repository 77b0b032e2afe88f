// What arrives changes the rows of the list where they are and moves none; "2 new ↑" brings them into order. So do an
// action of this member, a hidden tab, and a page that nobody touches.
const REST = 60_000; // milliseconds without any input
const [list, button] = ["[data-place]", "[data-new-above]"].map((name) => document.querySelector(name));
const pane = list?.parentElement;
const rows = (parent) => [...parent.children].filter((child) => child.matches(".conversation"));
let [touched, ordered, anchor] = [Date.now(), false, null];

function hold(fragment) {
  const [shown, fresh] = [rows(list), rows(fragment)];
  const place = new Map(shown.map((row, nth) => [row.id, nth]));
  const added = fresh.filter(({ id }) => !place.has(id) || "added" in shown[place.get(id)].dataset);
  for (const row of added) row.dataset.added = ""; // not seen yet
  const order = ({ id }) => place.get(id) ?? -1; // new ones first, in their own order
  fragment.prepend(...fresh.toSorted((a, b) => order(a) - order(b)));
  const first = shown.find((row) => fresh.some(({ id }) => id === row.id) && row.offsetTop + row.offsetHeight > pane.scrollTop);
  anchor = first && { id: first.id, top: first.offsetTop - pane.scrollTop };
  return fresh.slice(0, first ? fresh.findIndex(({ id }) => id === first.id) : 0).filter((row) => added.includes(row) || order(row) > order(first)).length;
}
if (list && button) {
  for (const name of ["pointermove", "keydown", "wheel"]) addEventListener(name, () => (touched = Date.now()));
  list.addEventListener("reorder", () => (ordered = true));
  list.addEventListener("merging", ({ detail }) => {
    const free = ordered || document.hidden || Date.now() - touched > REST || !rows(list).length;
    [anchor, ordered] = [null, false];
    if (free) rows(list).forEach((row) => delete row.dataset.added, (list.style.minHeight = ""));
    button.firstElementChild.textContent = free ? 0 : hold(detail);
    button.hidden = button.textContent.startsWith("0");
  });
  list.addEventListener("merged", () => {
    const top = anchor && document.getElementById(anchor.id).offsetTop - anchor.top;
    if (top > 0) list.style.minHeight = `${pane.clientHeight + top}px`; // room to scroll to
    if (anchor) pane.scrollTop = top;
  });
  document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig: { verb, path } } }) => {
    ordered ||= verb !== "get" && !path.includes("/read-marker/"); // the page marks by itself what is shown
  });
  pane.addEventListener("scroll", () => pane.scrollTop === 0 && !button.hidden && htmx.trigger(list, "reorder"));
  button.addEventListener("click", () => (pane.scrollTop = 0) || htmx.trigger(list, "reorder"));
}
