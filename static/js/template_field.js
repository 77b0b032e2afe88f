// The field that names the template of a text, and the box for the template's picture. templates.js says what was chosen.
function use(form, id = "", withPicture = false) {
  form.elements.template.value = id;
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "picture", value: id, checked: true });
  const label = document.createElement("label");
  label.append(box, " With the template’s picture");
  form.querySelector("[data-template-picture]").replaceChildren(...(withPicture ? [label] : []));
}
document.addEventListener("template", ({ target, detail: { dataset } }) => use(target.form, dataset.template, "withPicture" in dataset));
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && detail.elt.elements?.template && use(detail.elt));
