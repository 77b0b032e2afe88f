// Drafts: what is typed stays in this browser until the server has it, and on the server until it is sent. So it survives
// a lost connection, an expired session and a sign-out, and follows its member to other browsers.
const WAIT = 600; // milliseconds after the last key
const timers = new WeakMap();
const saved = new WeakMap(); // the words that the server has
const key = (form) => `draft ${form.dataset.member} ${form.dataset.composer}`;
const unsaved = (form) => localStorage.getItem(key(form));

async function save(form) {
  const words = unsaved(form);
  if (words === null) return;
  const before = saved.get(form);
  saved.set(form, words);
  const values = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, body: words });
  const answer = await fetch(form.dataset.draft, { method: "POST", body: values, redirect: "manual", keepalive: true }).catch(() => null);
  if (answer?.status !== 204) return saved.set(form, before);
  if (unsaved(form) === words) localStorage.removeItem(key(form));
  if (!before !== !words) htmx.trigger(document.body, "drafted"); // the list marks drafts
  if (!form.isConnected) htmx.trigger(document.body, "changed"); // a STOP came meanwhile; the page shows the draft
}
function restore() {
  const form = document.querySelector("form[data-draft]");
  if (!form || saved.has(form)) return;
  saved.set(form, form.dataset.saved ?? "");
  if (unsaved(form) !== null) window.htmx?.trigger(document.body, "drafted"); // an earlier page may have saved it just now
  form.elements.body.value = unsaved(form) ?? form.elements.body.value;
  if (form.elements.body.value) form.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
}
document.addEventListener("input", ({ target }) => {
  const form = target.name === "body" && target.closest("form[data-draft]");
  if (!form) return;
  clearTimeout(timers.get(form));
  if (target.value === saved.get(form)) return localStorage.removeItem(key(form));
  localStorage.setItem(key(form), target.value);
  timers.set(form, setTimeout(save, WAIT, form));
});
for (const name of ["htmx:load", "merged"]) document.addEventListener(name, restore);
for (const name of ["online", "pagehide"]) addEventListener(name, () => document.querySelectorAll("form[data-draft]").forEach(save));
restore();
