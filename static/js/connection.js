// Shows failed requests. The page repeats its own requests; an action of the user is lost.
const output = document.querySelector("[data-connection]");
const SHOWN = 10_000; // milliseconds
let shownUntil = 0; // time until which a lost action is shown

const isAutomatic = ({ requestConfig, elt }) => requestConfig.verb === "get" || elt.hidden;

function show(sentence) {
  if (output && output.textContent !== sentence) output.textContent = sentence;
}
function failed({ detail }, reason, actionSentence) {
  if (!isAutomatic(detail)) {
    shownUntil = Date.now() + SHOWN;
    show(actionSentence ?? `${reason}: nothing was done. Try again.`);
  } else if (Date.now() > shownUntil) show(`${reason}; trying again…`);
}
const on = (name, act) => document.addEventListener(name, act);

// A request that the front holds does not notice at once that the network is gone.
addEventListener("offline", () => show("No connection; trying again…"));
on("htmx:sendError", (event) => failed(event, "No connection"));
on("htmx:timeout", (event) => failed(event, "No connection"));
on("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 403) failed(event, "You no longer have access", "You may not do this, or the page has expired. Reload it.");
  else if (status === 404) failed(event, "This no longer exists", "This no longer exists. Reload the page.");
  else failed(event, "The server is unavailable");
});
on("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && (!isAutomatic(detail) || Date.now() > shownUntil)) show("");
});
