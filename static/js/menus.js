// A menu closes when something else is clicked; of several panels beside each other one is open.
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
