// The field of a form that names the template of its text, and the box for the template's picture. Empty once it is sent.
export function use(form, id = "", withPicture = false) {
  form.elements.template.value = id;
  const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "picture", value: id, checked: true });
  const label = document.createElement("label");
  label.append(box, " With the template’s picture");
  form.querySelector("[data-template-picture]").replaceChildren(...(withPicture ? [label] : []));
}
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && detail.elt.elements?.template && use(detail.elt));
