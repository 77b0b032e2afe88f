// Emoji: the button below a composer opens the chooser; the recent ones stand first. An emoji goes where the cursor is.
const [KEY, MOST] = ["recent emoji", 16];
const dialog = () => document.querySelector("dialog[data-emoji-chooser]");
const recent = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");

function open() {
  const search = dialog().querySelector("input");
  search.value = "";
  dialog().showModal();
  htmx.trigger(search, "opened");
}
function insert({ emoji }, name) {
  const field = document.querySelector("textarea[data-takes-templates]");
  dialog().close();
  field.setRangeText(emoji, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  const used = [[emoji, name], ...recent().filter(([other]) => other !== emoji)].slice(0, MOST);
  localStorage.setItem(KEY, JSON.stringify(used));
}
function showRecent(choices) {
  const like = choices.querySelector("[data-emoji]");
  const found = recent().map(([emoji, name], position) => {
    const button = like.cloneNode(true);
    Object.assign(button, { id: `recent-emoji${position}`, title: name });
    button.dataset.emoji = button.children[0].textContent = emoji;
    button.children[1].textContent = name;
    choices.querySelector(`[data-emoji="${emoji}"]`)?.remove();
    return button;
  });
  choices.prepend(...found);
}
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-opens-emoji]")) open();
  else if (target === dialog()) target.close();
  else if (target.closest("[data-emoji]")) insert(target.closest("[data-emoji]").dataset, target.closest("[data-emoji]").title);
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "emoji-choices" && !dialog().querySelector("input").value) showRecent(detail.target);
}, true);
