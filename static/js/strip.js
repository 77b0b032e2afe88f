// <nav data-strip>: a row of tabs that scrolls sideways shows the current tab.
function reveal(part) {
  for (const tab of part.querySelectorAll("[data-strip] > [aria-current]")) {
    const strip = tab.parentElement;
    strip.scrollLeft = tab.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
  }
}
reveal(document);
document.addEventListener("htmx:afterSettle", ({ target }) => reveal(target));
