// <form data-then-next>: once a conversation is closed, the next one of the list opens. Near the end more rows are loaded.
const rows = () => [...document.querySelectorAll("#conversations a[data-conversation]")];
const opened = () => document.querySelector("#thread")?.dataset.conversation;
const NEAR = 5; // rows before the end
let next = null;

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!detail.elt.matches("form[data-then-next]")) return;
  const all = rows();
  next = all[all.findIndex((link) => link.dataset.conversation === opened()) + 1]?.dataset.conversation ?? "";
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.elt.matches("form[data-then-next]") || detail.xhr.status !== 204) return;
  const link = rows().find((link) => link.dataset.conversation === next);
  link?.focus({ preventScroll: true });
  if (link) link.click();
  else showEnd();
});
function showEnd() {
  const list = document.querySelector("#conversations").getAttribute("hx-get");
  const address = list.replace(/&?text=$/, "");
  htmx.ajax("GET", address, { target: "#opened", swap: "innerHTML", headers: { "HX-Boosted": "true" } }).then(() => {
    document.querySelector("#opened .at-the-end").hidden = false;
  });
}
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "opened") return;
  const left = rows().slice(-NEAR).some((link) => link.dataset.conversation === opened());
  if (left) document.querySelector("#more a")?.click();
});
