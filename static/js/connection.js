// Say what did not reach the server. What a page asks for on its own, it asks again; what somebody did is lost.
const place = document.querySelector("[data-connection]");
const SHOWN = 10_000; // milliseconds
let lost = 0; // until when a loss is shown

const onItsOwn = ({ requestConfig, elt }) => requestConfig.verb === "get" || elt.hidden;

function say(words) {
  if (place && place.textContent !== words) place.textContent = words;
}
function failed({ detail }, why, told) {
  if (!onItsOwn(detail)) {
    lost = Date.now() + SHOWN;
    say(told ?? `${why}: that was not done. Try it again.`);
  } else if (Date.now() > lost) say(`${why}; trying again…`);
}
const on = (name, act) => document.addEventListener(name, act);

on("htmx:sendError", (event) => failed(event, "No connection"));
on("htmx:timeout", (event) => failed(event, "No connection"));
on("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 403) failed(event, "You may not see this any more", "You may not do this, or the page is too old. Reload it.");
  else if (status === 404) failed(event, "This is gone", "This is gone. Reload the page.");
  else failed(event, "The server cannot answer just now");
});
on("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && (!onItsOwn(detail) || Date.now() > lost)) say("");
});
// Signed out in another window: the answer is the sign-in page, which belongs into no pane.
on("htmx:beforeSwap", (event) => {
  if (!new URL(event.detail.xhr.responseURL).pathname.startsWith("/accounts/")) return;
  event.detail.shouldSwap = false;
  location.reload();
});
