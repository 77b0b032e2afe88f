// A conversation opens beside the list, and the list keeps its place: also after Back, and when the page is left.
const list = document.querySelector("[data-place]");
const here = () => location.pathname + location.search;
let shown = here();

function markOpen(move) {
  const id = document.querySelector("#thread")?.dataset.conversation;
  for (const link of list.querySelectorAll("a[data-conversation]")) {
    link.ariaCurrent = link.dataset.conversation === id ? "true" : null;
    if (link.ariaCurrent && move) link.scrollIntoView({ block: "nearest" });
  }
}
function opened({ detail }) {
  if (detail.target.id !== "opened") return;
  shown = detail.pathInfo.finalRequestPath;
  if (shown !== here()) history.pushState(null, "", shown);
  markOpen(true);
}
function goBack() {
  if (here() === shown) return; // only the part after the # has changed
  htmx.ajax("GET", here(), { target: "#opened", swap: "innerHTML show:none", headers: { "HX-Boosted": "true" } });
}
function keep() {
  const place = { list: list.getAttribute("hx-get"), until: until().value, top: list.parentElement.scrollTop };
  sessionStorage.setItem("place", JSON.stringify(place));
}
const until = () => list.querySelector("[name=until]");

if (list) {
  const kept = JSON.parse(sessionStorage.getItem("place") ?? "null");
  if (kept?.list === list.getAttribute("hx-get") && kept.top) {
    list.addEventListener("merged", () => (list.parentElement.scrollTop = kept.top), { once: true });
    until().value = kept.until;
    document.addEventListener("DOMContentLoaded", () => htmx.trigger(list, "reorder"));
  }
  document.addEventListener("htmx:afterSwap", opened);
  list.addEventListener("merged", () => markOpen(false));
  window.addEventListener("popstate", goBack);
  window.addEventListener("pagehide", keep);
}
