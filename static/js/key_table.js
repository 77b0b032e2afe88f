// "?" shows the keys of the page: those of all elements with data-keys that can be seen, and those that every page has.
const table = document.querySelector("dialog[data-key-table]");
const NAMES = { Escape: "Esc" };
const label = (node) =>
  node.dataset.keysLabel || node.title || node.ariaLabel || node.labels?.[0]?.textContent || node.textContent;

function rows() {
  const found = new Map();
  for (const node of document.querySelectorAll("[data-keys]")) {
    if (!node.checkVisibility({ visibilityProperty: true })) continue;
    for (const key of node.dataset.keys.split(" ")) found.set(NAMES[key] ?? key, label(node).trim());
  }
  if (document.querySelector("[data-walk] a")) found.set("j", "Next in the list").set("k", "Previous in the list");
  return found.set("Ctrl K", "Find people, pages and actions").set("?", "Keys of this page");
}
function row([key, words]) {
  const line = document.createElement("tr");
  const [head, cell, mark] = ["th", "td", "kbd"].map((name) => document.createElement(name));
  mark.textContent = key;
  head.scope = "row";
  head.append(mark);
  cell.textContent = words;
  line.append(head, cell);
  return line;
}
document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (!table || event.key !== "?" || writing || document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey) return;
  if (localStorage.getItem("keys") === "off") return;
  table.querySelector("tbody").replaceChildren(...[...rows()].map(row));
  table.showModal();
});
