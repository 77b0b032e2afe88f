// Counts on how long people wait, and marks who waits past the goal. The server says from when and until when to count:
// while an inbox is closed the count stands still. Afterwards, and when somebody is late, the page fetches its parts.
const MINUTE = 60_000;
let fetchedAt = Date.now();

function words(minutes, inHours) {
  if (minutes < 1) return "under a minute";
  if (minutes < 60) return `${minutes} min`;
  if (inHours || minutes < 2880) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / 1440)} days`;
}

// Shows the time now. Returns the moments at which the server has more to say.
function count(element, now) {
  const { start, from, until, late, inHours } = element.dataset;
  if (now < from) return [];
  const minutes = Math.floor((Math.min(now, until) - start) / MINUTE);
  const shown = `waiting ${words(minutes, inHours !== undefined)}`;
  const text = element.querySelector("[data-waited]");
  if (text.textContent !== shown) text.textContent = shown;
  element.classList.toggle("waiting-late", now >= Number(late ?? Infinity));
  return [Number(until), Number(late ?? 0)];
}

function tick() {
  const now = Date.now();
  const moments = [...document.querySelectorAll("[data-start]")].flatMap((element) => count(element, now));
  if (!moments.some((moment) => moment > fetchedAt && moment <= now)) return;
  fetchedAt = now;
  window.htmx?.trigger(document.body, "changed");
}
setInterval(tick, 1000);
document.addEventListener("merged", tick);
