// Ctrl-K or ⌘K, and links to the palette, open its dialog. Closing it returns the focus to where it was.
const dialog = document.querySelector("dialog[data-palette]");

function open() {
  const field = dialog.querySelector("input");
  document.querySelectorAll("details.menu[open]").forEach((menu) => (menu.open = false));
  dialog.showModal();
  field.select();
  htmx.trigger(field, "opened");
}
if (dialog) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (dialog.open) dialog.close();
    else if (!document.querySelector("dialog[open]")) open();
  });
  document.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // the backdrop
    if (!event.target.closest("[data-opens-palette]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
}
