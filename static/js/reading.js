// Tell the server that the conversation was read, once somebody can really see it.
const look = () => {
  if (document.visibilityState !== "visible" || !document.hasFocus()) return;
  const form = document.querySelector("form[data-reading]");
  if (form) htmx.trigger(form, "seen");
};
document.addEventListener("merged", look);
document.addEventListener("visibilitychange", look);
window.addEventListener("focus", look);
