// <form data-then-next>: once a conversation is closed, the next one of the list opens. Near the end more rows are loaded.
const rows = () => [...document.querySelectorAll("#conversations a[data-conversation]")];
const ids = () => rows().map((link) => link.dataset.conversation);
const opened = () => document.querySelector("#thread")?.dataset.conversation;
const leaves = ({ detail }) => detail.elt.matches("form[data-then-next]");
const NEAR = 5; // rows before the end
const more = () => document.querySelector("#more a");
let waits = false; // for more rows, of which the first opens
let order = ids(); // when the conversation was opened: an answer moves it to another place

function next() {
  const shown = ids();
  const after = order.slice(order.indexOf(opened()) + 1).find((id) => shown.includes(id));
  return after ?? shown[shown.findLastIndex((id) => order.includes(id)) + 1]; // of the rows that were loaded since
}
function openNext() {
  const link = rows().find((link) => link.dataset.conversation === next());
  waits = !link && Boolean(more());
  link?.focus({ preventScroll: true });
  (link ?? more())?.click();
  if (!link && !waits) showEnd();
}
function showEnd() {
  const list = document.querySelector("#conversations").getAttribute("hx-get").replace(/&?text=$/, "");
  htmx.ajax("GET", list, { target: "#opened", swap: "innerHTML", headers: { "HX-Boosted": "true" } }).then(() => {
    document.querySelector("#opened .at-the-end").hidden = false;
  });
}
// At the form itself: the thread may show the closed conversation, without this form, before the answer is here.
document.addEventListener("htmx:beforeRequest", (event) => {
  const closed = ({ detail }) => detail.xhr.status === 204 && openNext();
  if (leaves(event)) event.target.addEventListener("htmx:afterRequest", closed, { once: true });
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "more" && waits) openNext();
  if (detail.target.id !== "opened") return;
  order = ids();
  if (order.slice(-NEAR).includes(opened())) more()?.click();
});
