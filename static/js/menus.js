// Closes a menu on a click outside, and keeps at most one panel of a group open.
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.open || !target.parentElement?.matches(".segments")) return;
    for (const other of target.parentElement.querySelectorAll("details")) if (other !== target) other.open = false;
  },
  true,
);
