// The focus stays where it was when the server sends a part of the page anew: at the same link, otherwise at the element
// of the part with data-takes-focus. A click that opens a conversation moves it into the conversation.
let last = null; // the part of the page that had the focus
let opens = false;

function restore() {
  const at = document.activeElement;
  if (!last || (at !== document.body && !at.closest("dialog:not([open])"))) return;
  const links = (document.getElementById(last.row) ?? last.part).querySelectorAll("a[href]");
  const link = [...links].find((link) => link.getAttribute("href") === last.address);
  (link ?? last.part.querySelector("[data-takes-focus]"))?.focus({ preventScroll: true });
}
document.addEventListener("htmx:beforeSwap", () => {
  const at = document.activeElement;
  const part = at.closest("[data-live]");
  if (at === document.body) last = null;
  else if (part) last = { part, row: at.closest("li[id]")?.id, address: at.closest("a")?.getAttribute("href") };
});
for (const event of ["htmx:afterSwap", "merged", "close"]) document.addEventListener(event, restore, true);

document.addEventListener("click", (event) => {
  opens = event.isTrusted && event.target.closest("a[data-conversation]") !== null; // j and k stay in the list
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "opened" || !opens) return;
  const field = document.querySelector("#thread [data-takes-focus]");
  const keyboard = field?.matches("textarea") && matchMedia("(pointer: coarse)").matches; // would cover the thread
  (keyboard ? document.querySelector("#scroll") : field)?.focus({ preventScroll: true });
});
