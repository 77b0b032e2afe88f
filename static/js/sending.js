// A text that is being sent appears in the thread at once. The next refresh puts the stored text in its place.
const bubbles = new WeakMap();

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const template = document.querySelector("template[data-sending]");
  if (!detail.elt.matches("form[data-composer]") || !template) return;
  const bubble = template.content.firstElementChild.cloneNode(true);
  bubble.querySelector(".bubble").textContent = detail.requestConfig.formData.get("body");
  document.querySelector("#entries").append(bubble);
  document.querySelector("#earlier [name=upto]")?.remove(); // the next refresh reaches to the text that is sent
  document.querySelector("[data-from-end]").scrollTop = 0;
  bubbles.set(detail.requestConfig, bubble);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.successful || detail.xhr.status === 422) bubbles.get(detail.requestConfig)?.remove();
});
