// The HTML that the server sent for each node of a live part: merge.js leaves a node alone whose HTML is the same again.
const source = new WeakMap();
// Without the token, which is masked differently each time, the mark of the open row, which place.js sets, and the time
// that somebody has waited, which waiting.js counts on.
const changing = /name="csrfmiddlewaretoken" value="[^"]*"| aria-current="true"|(?<=<span data-waited="">)[^<]*/g;

export const nested = (node) => node.hasAttribute("data-merge");
export const same = (old, fresh) => source.get(old) === source.get(fresh);

export function remember(parent) {
  for (const child of parent.children) {
    source.set(child, child.outerHTML.replace(changing, ""));
    if (nested(child)) remember(child);
  }
}
