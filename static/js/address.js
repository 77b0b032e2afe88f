// The address follows what a form fetched, so that it can be reloaded, sent to others, and come back to.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const address = detail.successful && detail.xhr.getResponseHeader("HX-Replace-Url");
  if (address) history.replaceState(null, "", address);
});
