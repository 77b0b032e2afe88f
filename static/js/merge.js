// hx-swap="merge": updates a live part of a page child by child, so that unchanged children keep their focus,
// scroll position, open forms and input. Children are matched by id.
const source = new WeakMap(); // the HTML that the server sent for a node
// Without the token, which is masked differently each time, the mark of the open row, which place.js sets, and the time
// that somebody has waited, which waiting.js counts on.
const changing = /name="csrfmiddlewaretoken" value="[^"]*"| aria-current="true"|(?<=<span data-waited="">)[^<]*/g;
const nested = (node) => node?.hasAttribute("data-merge");

function remember(parent) {
  for (const child of parent.children) {
    source.set(child, child.outerHTML.replace(changing, ""));
    if (nested(child)) remember(child);
  }
}
// The one of both that the page has from now on; what is new in it is added to `added`.
function choose(old, node, added) {
  if (old?.matches("[data-keep]")) return old; // the user may be writing in it
  if (nested(old) && nested(node)) added.push(...merge(old, [...node.children]));
  else if (!old || source.get(old) !== source.get(node)) {
    old?.replaceWith(node); // in its place, so that what follows need not move
    node.toggleAttribute("data-new", !old); // base.css lets it appear
    added.push(node);
    return node;
  }
  return old;
}
function merge(target, fresh) {
  const [known, added] = [new Map([...target.children].map((child) => [child.id, child])), []];
  // Remove first, so that remaining nodes need not move: a moved field loses its focus.
  for (const [id, old] of known) if (!fresh.some((node) => node.id === id)) old.remove();
  fresh.forEach((node, position) => {
    const use = choose(known.get(node.id), node, added);
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
