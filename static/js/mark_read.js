// Marks the conversation as read once it is visible and the window has the focus.
function look() {
  if (document.visibilityState !== "visible" || !document.hasFocus()) return;
  const form = document.querySelector("form[data-reading]");
  if (!form) return;
  form.removeAttribute("data-reading");
  htmx.trigger(form, "seen");
}
document.addEventListener("htmx:afterSettle", look);
document.addEventListener("visibilitychange", look);
window.addEventListener("focus", look);
