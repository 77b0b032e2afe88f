// Presence: shows who else is at a conversation, and tells with the page's next poll where this member is.
let typed = false; // since the last poll

document.addEventListener("input", ({ target, isTrusted }) => {
  if (isTrusted && target.name === "body" && target.closest("form[data-composer]")) typed = target.value.trim() !== "";
});
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const place = document.querySelector("[data-signed-place]")?.dataset.signedPlace;
  if (!detail.elt.matches("[data-poll]") || !place || document.hidden) return;
  detail.parameters.place = place;
  if (typed) detail.parameters.typing = 1;
  typed = false;
});

function paint() {
  const found = new Map([...document.querySelectorAll("[data-poll] [data-at]")].map((at) => [at.dataset.at, at]));
  for (const slot of document.querySelectorAll("[data-presence]")) {
    const at = found.get(slot.dataset.presence);
    const sentence = at?.textContent ?? "";
    if (slot.title === sentence) continue;
    slot.title = sentence;
    slot.textContent = slot.matches("[role=status]") ? sentence : (at?.dataset.initials ?? "");
  }
}
document.addEventListener("htmx:load", paint);
document.addEventListener("merged", paint);
