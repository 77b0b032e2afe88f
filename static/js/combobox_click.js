// A click on an option of a field that is filled takes the option; the focus returns to the field.
// The list closes when the focus leaves both.
document.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option][data-value]");
  const field = option && document.querySelector(`[data-combobox=fill][aria-controls="${option.closest("[role=listbox]").id}"]`);
  if (!field) return;
  event.preventDefault();
  field.value = field.dataset.taken = option.dataset.value;
  field.ariaExpanded = "false";
  option.closest("[role=listbox]").removeAttribute("data-open");
  field.focus();
});
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  if (!target.matches("[data-combobox=fill]")) return;
  const list = document.getElementById(target.getAttribute("aria-controls"));
  if (list.contains(relatedTarget)) return;
  list.removeAttribute("data-open");
  target.ariaExpanded = "false";
});
