"""Contrast of text, by axe: nine tenths of its time. Each look of a text is checked once, not in each row and page.

The contrast follows from the color, size and weight of a text and from what is behind it. A look is all of that, as
the browser computed it, with the classes of the elements around. A second text of a look adds nothing, except where
axe could not tell: such a look is checked again.
"""

from typing import Any

from playwright.sync_api import Page

OF_TEXT = ["color", "fontSize", "fontWeight", "textShadow"]
BEHIND = ["backgroundColor", "backgroundImage", "opacity", "filter", "mixBlendMode", "position", "zIndex"]
CHECK_NEW_LOOKS = """async ({ known, ofText, behind, everything }) => {
  const seen = new Map(known.map((look) => [look, 3])), looks = new Map();
  const hash = (text) => {
    let [one, two] = [1, 2];
    for (let at = 0; at < text.length; at++) {
      one = Math.imul(one ^ text.charCodeAt(at), 2654435761);
      two = Math.imul(two ^ text.charCodeAt(at), 1597334677);
    }
    return `${one},${two}`;
  };
  const values = (node, names) => { const style = getComputedStyle(node); return names.map((name) => style[name]); };
  const around = (node) => {
    if (node && !looks.has(node)) {
      const own = [node.localName, node.getAttribute("class"), ...values(node, behind)];
      looks.set(node, hash(around(node.parentElement) + own));
    }
    return looks.get(node) ?? "";
  };
  const isText = ({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim();
  const hasText = (node) => node.value || node.placeholder || [...node.childNodes].some(isText);
  const lookOf = (node) => hash(around(node) + [node.disabled, node.ariaDisabled, ...values(node, ofText)]);
  const chosen = new Map();
  for (const node of document.body.querySelectorAll("*")) {
    if (!hasText(node) || !node.checkVisibility()) continue;
    const look = lookOf(node), times = seen.get(look) ?? 0;
    seen.set(look, times + 1);
    if (times < 3) chosen.set(node, look);
  }
  if (!chosen.size && !everything) return { decided: [], violations: [] };
  axe.configure({ rules: [{ id: "color-contrast", selector: "[data-new-look]" }] });
  const summary = ({ any, all, none }) => [...any, ...all, ...none].map(({ message }) => message).join("; ");
  const describe = (found) => (
    { target: found.node.selector, html: found.node.source, failureSummary: summary(found) });
  axe.addReporter("failures", (results, _, done) => {
    const { passes, violations } = results.find(({ id }) => id === "color-contrast");
    const decided = [...passes, ...violations].map(({ node }) => chosen.get(node.element)).filter(Boolean);
    const failed = results.filter(({ violations }) => violations.length);
    done({ decided, violations: failed.map(({ id, violations }) => ({ id, nodes: violations.map(describe) })) });
  });
  chosen.forEach((_, node) => node.setAttribute("data-new-look", ""));
  const rules = everything ? {} : { runOnly: ["color-contrast"] };
  const found = await axe.run(document, { ...rules, preload: false, reporter: "failures" });
  chosen.forEach((_, node) => node.removeAttribute("data-new-look"));
  return found;
}"""


def violations_of_new_looks(page: Page, known: set[str], everything: bool = False) -> list[Any]:
    """What axe says of the looks that are not known, and with `everything` by its other rules of the whole page.

    Adds the looks that axe could judge. One run for all rules makes one tree of the page's nodes, and its reporter
    describes only nodes that fail.
    """
    given = {"known": list(known), "ofText": OF_TEXT, "behind": BEHIND, "everything": everything}
    result = page.evaluate(CHECK_NEW_LOOKS, given)
    known.update(result["decided"])
    return result["violations"]
