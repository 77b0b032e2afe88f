// The draft of a new conversation stays in this browser until its text is sent: the page of the conversation follows then.
const form = document.querySelector("form[data-new-conversation]");
const key = document.querySelector("[data-member-id]") && `new conversation ${document.querySelector("[data-member-id]").dataset.memberId}`;
const kept = () => JSON.parse((key && localStorage.getItem(key)) ?? "null");
const NAMES = ["number", "inbox", "body"];

if (kept()?.sending && document.querySelector("#thread[data-conversation]")) localStorage.removeItem(key);
if (form) {
  const draft = kept();
  const fields = NAMES.map((name) => form.elements[name]);
  if (draft && !form.elements.body.value && (!form.elements.number.value || form.elements.number.value === draft.number)) {
    for (const field of fields) if (draft[field.name]) field.value = draft[field.name];
    form.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const keep = (sending) => {
    const words = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    if (words.number || words.body) localStorage.setItem(key, JSON.stringify({ ...words, sending }));
    else localStorage.removeItem(key);
  };
  form.addEventListener("input", () => keep(false));
  form.addEventListener("change", () => keep(false));
  form.addEventListener("submit", () => keep(true));
}
