// Pictures: a thumbnail opens the picture in a dialog of the page. Without this, the link opens it in a new tab.
const dialog = document.createElement("dialog");
dialog.className = "picture";
const picture = dialog.appendChild(document.createElement("img"));

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-picture]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  picture.src = link.href;
  picture.alt = link.querySelector("img").alt;
  dialog.setAttribute("aria-label", picture.alt);
  document.body.append(dialog);
  dialog.showModal();
});
dialog.addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => dialog.remove());
