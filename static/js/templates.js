// Templates: "/" in the empty composer, or the button, opens the chooser. A choice puts its text into the composer.
const dialog = () => document.querySelector("dialog[data-templates]");
const composer = () => document.querySelector("textarea[data-takes-templates]");

function open() {
  const search = dialog().querySelector("input");
  search.value = "";
  dialog().showModal();
  htmx.trigger(search, "opened");
}
function insert(words) {
  const [field, start] = [composer(), composer().selectionStart];
  field.setRangeText(words, start, field.selectionEnd, "end");
  field.focus();
  const blank = words.match(/\{\{.*?\}\}/); // a field that is to be written out
  if (blank) field.setSelectionRange(start + blank.index, start + blank.index + blank[0].length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.isComposing || event.target.value || !dialog()) return;
  if (event.target === composer()) open();
  else if (event.target === dialog().querySelector("input")) dialog().close(insert("/")); // twice writes it
  else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-template]");
  const opens = event.target.closest("[data-opens-templates]") && dialog() && composer();
  if (event.ctrlKey || event.metaKey || !(dialog()?.contains(choice) || opens)) return event.target === dialog() && dialog().close();
  event.preventDefault();
  if (opens) return open();
  dialog().close();
  insert(choice.dataset.text);
  composer().dispatchEvent(new CustomEvent("template", { bubbles: true, detail: choice }));
});
