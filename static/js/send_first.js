// <form data-then-next>: a text that is being sent goes before it, as it would open the closed conversation again.
document.addEventListener("htmx:confirm", (event) => {
  const sending = document.querySelector("form[data-composer].htmx-request");
  if (!event.detail.elt.matches("form[data-then-next]") || !sending) return;
  event.preventDefault();
  sending.addEventListener("htmx:afterRequest", () => event.detail.issueRequest(true), { once: true });
});
