// The composer: Enter or Ctrl-Enter sends, by the member's choice; on a phone Enter makes a new line.
const composer = (node) => node.closest?.("form[data-composer]");
const field = (form) => form.elements.body;

document.addEventListener("keydown", (event) => {
  const form = composer(event.target);
  if (!form || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  const enterSends = "enterSends" in form.dataset && !matchMedia("(pointer: coarse)").matches;
  if (!enterSends && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const hasMore = form.elements.attachments?.files.length || form.elements.picture?.checked;
  if (event.target.value.trim() || hasMore) form.requestSubmit();
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = composer(detail.elt);
  if (!form || !detail.successful || detail.xhr.status === 422) return; // 422: it was not sent
  const sent = detail.requestConfig.formData.get("body");
  // Keep what was typed after sending.
  field(form).value = field(form).value.startsWith(sent) ? field(form).value.slice(sent.length) : field(form).value;
  field(form).dispatchEvent(new Event("input", { bubbles: true }));
});
