// Closes a menu on a click outside, and all of them on Escape.
const close = (stays = () => false) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = stays(menu);
};
document.addEventListener("click", ({ target }) => close((menu) => menu.contains(target)));
document.addEventListener("keydown", ({ key }) => key === "Escape" && !document.querySelector("dialog[open]") && close());
