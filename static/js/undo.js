// A text that was just sent shows the seconds until it goes. Undo, "z", or Ctrl-Z outside of a field with words takes it back.
const ends = new Map(); // when each text goes, by the address of its undo

function tick() {
  for (const form of document.querySelectorAll("form[data-undo]")) {
    if (!ends.has(form.action)) ends.set(form.action, performance.now() + 1000 * form.dataset.undo);
    const left = Math.ceil((ends.get(form.action) - performance.now()) / 1000);
    const words = left > 0 ? `Sending in ${left} s.` : "Sending";
    const shown = form.querySelector("span[aria-hidden]");
    if (shown.textContent !== words) shown.textContent = words;
    form.querySelector("button").hidden = left <= 0;
  }
}
setInterval(tick, 200);
document.addEventListener("htmx:afterSwap", tick);
document.addEventListener("keydown", (event) => {
  const button = [...document.querySelectorAll("form[data-undo] button:not([hidden])")].at(-1);
  const field = event.target.closest("input, select, textarea");
  const undoesTyping = field && !(field.matches("form[data-composer] textarea") && !field.value);
  if (!button || undoesTyping || event.key.toLowerCase() !== "z" || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  button.click();
});
