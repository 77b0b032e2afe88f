// The focus stays where it was when the server sends a part of the page anew: at the same link or menu, otherwise at the
// element of the part with data-takes-focus; after a button of a header nowhere, since keys are pressed next. A row that opens a conversation keeps it, for j and k; on a phone, where the row is
// hidden then, the thread gets it.
let last = null; // the part of the page that had the focus

function restore() {
  const at = document.activeElement;
  if (!last || (at !== document.body && !at.closest("dialog:not([open])"))) return;
  const links = (document.getElementById(last.row) ?? last.part).querySelectorAll("a[href]");
  const link = [...links].find((link) => link.getAttribute("href") === last.address);
  const menu = document.getElementById(last.menu)?.querySelector("summary");
  const taking = last.header ? null : last.part.querySelector("[data-takes-focus]");
  (link ?? menu ?? taking)?.focus({ preventScroll: true });
}
document.addEventListener("htmx:beforeSwap", () => {
  const at = document.activeElement;
  const part = at.closest("[data-live]");
  if (at === document.body) last = null;
  else if (part)
    last = {
      part,
      row: at.closest("li[id]")?.id,
      address: at.closest("a")?.getAttribute("href"),
      menu: at.closest("details[id]")?.id,
      header: at.closest("header"),
    };
});
for (const event of ["htmx:afterSwap", "merged", "close"]) document.addEventListener(event, restore, true);

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "opened" || document.activeElement.checkVisibility()) return;
  document.querySelector("#scroll")?.focus({ preventScroll: true });
});
