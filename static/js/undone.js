// The words and files of a text that was taken back return to the composer.
const composer = () => document.querySelector("form[data-composer]");
let sentFiles = [];

function putBack(words) {
  const { body, attachments } = composer()?.elements ?? {};
  if (!body) return; // a STOP came; the words are kept as a draft
  body.value = body.value ? `${words}\n${body.value}` : words;
  body.focus();
  body.dispatchEvent(new Event("input", { bubbles: true }));
  if (!attachments || !sentFiles.length) return;
  const transfer = new DataTransfer();
  [...sentFiles, ...attachments.files].forEach((file) => transfer.items.add(file));
  attachments.files = transfer.files;
  attachments.dispatchEvent(new Event("change", { bubbles: true }));
}
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt === composer()) sentFiles = [...(detail.elt.elements.attachments?.files ?? [])];
});
// The response itself is awaited: a refresh of the thread meanwhile removes the form, which then has no events.
document.addEventListener("htmx:beforeRequest", ({ detail: { elt, xhr } }) => {
  if (!elt.matches("form[data-undo]")) return;
  xhr.addEventListener("load", () => {
    const words = xhr.status === 200 && JSON.parse(xhr.responseText).words;
    if (typeof words !== "string") return;
    elt.closest("#entries > *")?.remove(); // with its Undo, before the next refresh
    putBack(words);
  });
});
