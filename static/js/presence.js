// Presence: shows who else is at a conversation, and tells where this member is: with the page's polls, and with requests
// of their own when somebody types or leaves.
const TYPING_EVERY = 3000; // milliseconds
let told = 0;

const poll = () => document.querySelector("[data-poll]");
const place = () => document.querySelector("[data-signed-place]")?.dataset.signedPlace;
const tell = (what) => fetch(`${poll().getAttribute("hx-get")}&place=${place()}&${what}=1`, { keepalive: true }).catch(() => {});

document.addEventListener("input", ({ target, isTrusted }) => {
  const writes = isTrusted && target.name === "body" && target.value.trim() && target.closest("form[data-composer]");
  if (!writes || !poll() || !place() || Date.now() - told < TYPING_EVERY) return;
  told = Date.now();
  tell("typing");
});
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt === poll() && place() && !document.hidden) detail.parameters.place = place();
});
addEventListener("pagehide", () => poll() && place() && tell("left"));

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
