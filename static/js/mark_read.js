// Marks the conversation as read once it is visible and the window has the focus. The page posts it, not the form: a text
// that arrives meanwhile replaces the form, and the event of its response would be lost.
function look() {
  if (document.visibilityState !== "visible" || !document.hasFocus()) return;
  const form = document.querySelector("form[data-reading]");
  const thread = document.querySelector("#thread");
  // Texts that were there when the thread opened are read, unless they were marked unread since.
  if (!form || Number(form.dataset.inbound) <= Number(thread.dataset.inbound)) return;
  thread.dataset.inbound = form.dataset.inbound;
  const url = form.dataset.reading;
  form.removeAttribute("data-reading");
  htmx.ajax("POST", url, { source: document.body, swap: "none", values: Object.fromEntries(new FormData(form)) });
}
document.addEventListener("htmx:afterSettle", look);
document.addEventListener("visibilitychange", look);
window.addEventListener("focus", look);
