// Private notes and scheduled texts: the form opens with the field focused, and a stored one empties the form. A button
// with data-insert puts a mention, or a field of a template, into the text of its form.
// Escape closes the form and keeps its text.
// A form with data-closes closes its menu once it is stored; the menu opens with the field of data-menu-focus focused.
const form = (node) => node.closest?.("form[data-note], form[data-closes]");

document.addEventListener("toggle", ({ target }) => {
  if (target.matches("#note-form, #schedule-form") && target.open) target.querySelector("textarea").focus();
  if (target.open) target.querySelector("[data-menu-focus]")?.focus();
}, true);
document.addEventListener("keydown", ({ key, target }) => {
  const open = key === "Escape" && target.closest?.("#note-form[open], #schedule-form[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
document.addEventListener("click", ({ target }) => {
  const words = target.closest("[data-insert]")?.dataset.insert;
  if (!words) return;
  const field = target.closest("form").elements.body;
  field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
  field.focus();
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!form(detail.elt) || detail.xhr.status !== 204) return;
  detail.elt.reset();
  detail.elt.closest("details").open = false;
});
