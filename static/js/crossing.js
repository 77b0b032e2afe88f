// Crossing texts: a composer knows the newest text of the moment in which somebody began to write in it.
const composer = () => document.querySelector("form[data-composer]");
const number = (id) => Number(id.slice(1));

document.addEventListener("merged", ({ target }) => {
  const form = composer();
  if (target.id !== "thread" || !form?.elements.known || form.elements.body.value) return;
  const texts = [...document.querySelectorAll("#entries .text[id^=m]")].map((text) => number(text.id));
  form.elements.known.value = Math.max(form.elements.known.value, ...texts);
});
// The question is answered when the text has been sent, or when the writer goes on writing.
const answered = () => composer()?.querySelector("[data-crossing]")?.replaceChildren();
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && detail.xhr.status !== 422 && detail.elt === composer()) answered();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-crossing] a")) return;
  event.preventDefault();
  answered();
  composer().elements.body.focus();
});
