// <dialog data-dialog>: shows what htmx puts into it, until a POST is done, Escape, or a click beside it. The focus
// returns to what opened it (focus.js). It says if the status changes meanwhile.
const dialog = document.querySelector("dialog[data-dialog]");
const note = dialog?.querySelector("[data-changed-meanwhile]");
const standing = () => [...document.querySelectorAll("[data-says]")].map((part) => part.textContent.trim()).join(". ");
let seen = "";

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "dialog-content" || dialog.open) return;
  seen = standing();
  note.hidden = true;
  dialog.showModal();
});
document.addEventListener("merged", () => {
  if (!dialog?.open || standing() === seen) return;
  note.textContent = `The status changed meanwhile: ${standing()}.`;
  note.hidden = false;
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (dialog?.contains(detail.elt) && detail.xhr.status === 200) dialog.close();
});
dialog?.addEventListener("click", ({ target }) => target === dialog && dialog.close());
