// A field with a list of options, by the combobox pattern of WAI-ARIA: the focus stays in the field. data-combobox="fill"
// puts the option's value into the field, "follow" clicks it. An option with aria-disabled opens its page, which says why.
const list = (field) => document.getElementById(field.getAttribute("aria-controls"));
const options = (field) => [...list(field).querySelectorAll("[role=option]")];
const active = (field) => document.getElementById(field.getAttribute("aria-activedescendant"));

function activate(field, option) {
  for (const other of options(field)) other.ariaSelected = String(other === option);
  field.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}
function show(field, open) {
  field.ariaExpanded = String(open);
  list(field).toggleAttribute("data-open", open);
  activate(field, open && field.dataset.combobox === "follow" ? options(field)[0] : null);
}
function take(field, option) {
  if (field.dataset.combobox === "follow") return option.click();
  if (option.ariaDisabled) return option.click();
  field.value = field.dataset.taken = option.dataset.value;
  show(field, false);
}
document.addEventListener("keydown", (event) => {
  const field = !event.isComposing && event.target.closest("[data-combobox]");
  if (!field) return;
  const columns = +list(field).dataset.columns || 1; // a grid has several
  const step = { ArrowDown: columns, ArrowUp: -columns, ...(columns > 1 && { ArrowRight: 1, ArrowLeft: -1 }) }[event.key];
  const all = options(field);
  const from = active(field) || step > 0 ? all.indexOf(active(field)) : 0;
  if (step && all.length) activate(field, all.at((active(field) ? from + step : Math.sign(step) + from) % all.length));
  else if (event.key === "Enter" && active(field)) take(field, active(field));
  else if (event.key === "Escape" && field.dataset.combobox === "fill" && field.ariaExpanded === "true") show(field, false);
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const field = document.querySelector(`[data-combobox][aria-controls="${detail.target.id}"]`);
  if (field) show(field, detail.target.childElementCount > 0 && field.value !== field.dataset.taken);
});
