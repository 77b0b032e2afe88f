// A row of a list keeps the focus when the server sends it anew.
let focused = null;

document.addEventListener("htmx:beforeSwap", () => {
  const link = document.activeElement?.closest("[data-live] li[id] a[href]");
  focused = link && { row: link.closest("li").id, address: link.getAttribute("href") };
});
document.addEventListener("merged", () => {
  if (!focused || document.activeElement !== document.body) return;
  const links = document.getElementById(focused.row)?.querySelectorAll("a[href]") ?? [];
  [...links].find((link) => link.getAttribute("href") === focused.address)?.focus({ preventScroll: true });
});
