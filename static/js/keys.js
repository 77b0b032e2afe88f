// Keyboard shortcuts: outside of fields, the key "o" clicks or focuses data-keys="o"; j and k move through data-walk.
// With data-keys-in-view only while the element can be seen: nobody acts on what is scrolled away.
// With data-keys-first before the others of the same key.
const typing = (node) => node.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
const visible = (node) => node.checkVisibility({ visibilityProperty: true });
const inView = (node) => {
  const box = node.getBoundingClientRect();
  return node.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
};

function press(key) {
  const targets = [...document.querySelectorAll(`[data-keys~="${CSS.escape(key)}"]`)].filter(visible);
  const target = targets.find((node) => node.hasAttribute("data-keys-first")) ?? targets.at(-1);
  if (!target || (target.hasAttribute("data-keys-in-view") && !inView(target))) return false;
  if (target.matches("textarea, input, summary")) target.focus();
  if (!target.matches("textarea, input")) target.click();
  target.closest("details[open]")?.querySelector("[data-menu-focus]")?.focus(); // before the next key
  return true;
}

function walk(step) {
  const links = [...document.querySelectorAll("[data-walk] a")].filter(visible);
  const current = links.indexOf(document.activeElement.closest("[data-walk] li")?.querySelector("a"));
  const from = current >= 0 ? current : links.findIndex((link) => link.ariaCurrent);
  const link = links[Math.min(Math.max(from + step, 0), links.length - 1)];
  link?.focus();
  if (link?.dataset.conversation && !link.ariaCurrent) link.click(); // opens beside the list
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return typing(event.target) ? event.target.blur() : press("Escape");
  if (typing(event.target) || localStorage.getItem("keys") === "off") return;
  if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
  else if (!press(event.key)) return;
  event.preventDefault();
});
