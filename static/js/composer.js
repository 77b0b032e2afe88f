// The composer: Enter or Ctrl-Enter sends, by the member's choice; on a phone Enter makes a new line. The draft of each
// conversation is kept until it is sent.
const composer = (node) => node.closest?.("form[data-composer]");
const field = (form) => form.elements.body;
const draft = (form) => `draft ${form.dataset.composer}`;

function restore() {
  for (const form of document.querySelectorAll("form[data-composer]")) {
    if (!field(form).value) field(form).value = localStorage.getItem(draft(form)) ?? "";
    field(form).dispatchEvent(new Event("input", { bubbles: true }));
  }
}

document.addEventListener("keydown", (event) => {
  const form = composer(event.target);
  if (!form || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  const enterSends = "enterSends" in form.dataset && !matchMedia("(pointer: coarse)").matches;
  if (!enterSends && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  if (event.target.value.trim() || form.elements.attachments?.files.length) form.requestSubmit();
});
document.addEventListener("input", ({ target }) => {
  const form = composer(target);
  if (!form) return;
  if (target.value) localStorage.setItem(draft(form), target.value);
  else localStorage.removeItem(draft(form));
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = composer(detail.elt);
  if (!form || !detail.successful || detail.xhr.status === 422) return; // 422: it was not sent
  const sent = detail.requestConfig.formData.get("body");
  // Keep what was typed after sending.
  field(form).value = field(form).value.startsWith(sent) ? field(form).value.slice(sent.length) : field(form).value;
  field(form).dispatchEvent(new Event("input", { bubbles: true }));
});
document.addEventListener("htmx:load", restore);
document.addEventListener("merged", restore);
restore();
