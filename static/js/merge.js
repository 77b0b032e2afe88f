// hx-swap="merge": updates a live part of a page child by child, so that unchanged children keep their focus,
// scroll position, open forms and input. Children are matched by id.
const source = new WeakMap(); // the HTML that the server sent for a node
// Without the token, which is masked differently each time, the mark of the open row, which place.js sets, and the time
// that somebody has waited, which waiting.js counts on.
const changing = /name="csrfmiddlewaretoken" value="[^"]*"| aria-current="true"|(?<=<span data-waited="">)[^<]*/g;
const clean = (html) => html.replace(changing, "");
const nested = (node) => node.hasAttribute("data-merge");

function remember(parent) {
  for (const child of parent.children) {
    source.set(child, clean(child.outerHTML));
    if (nested(child)) remember(child);
  }
}

function merge(target, fresh) {
  const known = new Map([...target.children].map((child) => [child.id, child]));
  const wanted = new Set(fresh.map((child) => child.id));
  const added = [];
  // Remove first, so that remaining nodes need not move: a moved field loses its focus.
  for (const [id, old] of known) if (!wanted.has(id)) old.remove();
  fresh.forEach((node, position) => {
    const old = known.get(node.id);
    let use = node;
    if (old?.matches("[data-keep]")) use = old; // the user may be writing in it
    else if (old && nested(old) && nested(node)) {
      added.push(...merge(old, [...node.children]));
      use = old;
    } else if (old && source.get(old) === source.get(node)) use = old;
    if (use === node) added.push(node);
    node.toggleAttribute("data-new", !old); // base.css lets it appear
    if (use === node && old) old.replaceWith(node); // in its place, so that what follows need not move
    if (target.children[position] !== use) target.insertBefore(use, target.children[position] ?? null);
  });
  while (target.children.length > fresh.length) target.lastElementChild.remove();
  return added;
}

const rememberLive = (part) => part.querySelectorAll("[data-live]").forEach(remember);
rememberLive(document);
document.addEventListener("htmx:afterSwap", ({ detail }) => detail.target.id === "opened" && rememberLive(detail.target));
window.htmx?.defineExtension("merge", {
  isInlineSwap: (style) => style === "merge",
  handleSwap(style, target, fragment) {
    if (style !== "merge") return false;
    remember(fragment);
    target.dispatchEvent(new CustomEvent("merging", { detail: fragment }));
    const added = merge(target, [...fragment.children]);
    target.dispatchEvent(new CustomEvent("merged", { bubbles: true }));
    return added;
  },
});
