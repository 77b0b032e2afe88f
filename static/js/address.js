// Sets the page's address to the response's HX-Replace-Url, so that it can be reloaded, shared and returned to.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const address = detail.successful && detail.xhr.getResponseHeader("HX-Replace-Url");
  if (address) history.replaceState(null, "", address);
});
