// Say that the server cannot be reached, and take it back once it answers again.
const sentence = document.querySelector("[data-connection]");
const say = (words) => {
  if (!sentence) return;
  sentence.hidden = !words;
  sentence.querySelector("span").textContent = words;
};
const on = (name, act) => document.addEventListener(name, act);

on("htmx:sendError", () => say("No connection. Trying again…"));
on("htmx:responseError", ({ detail }) => {
  const { status } = detail.xhr;
  if (status === 403) say("You may not do this, or the page is too old. Reload it.");
  else if (status === 404) say("This is gone. Reload the page.");
  else say("The server cannot answer just now. Trying again…");
});
on("htmx:afterRequest", ({ detail }) => detail.successful && say(""));
// Signed out in another window: the answer is the sign-in page, which belongs into no pane.
on("htmx:beforeSwap", (event) => {
  if (!new URL(event.detail.xhr.responseURL).pathname.startsWith("/accounts/")) return;
  event.detail.shouldSwap = false;
  location.reload();
});
