// A chart's tooltip beside the step that is pointed at or touched, in place of the browser's own.
const tip = document.createElement("div");
tip.className = "chart-tip";
tip.ariaHidden = "true"; // the table below each chart has the same words
let shown = null;

function hide() {
  tip.remove();
  shown = null;
}

function show(area) {
  const title = area.querySelector("title");
  if (title) {
    area.dataset.tip = title.textContent;
    title.remove();
  }
  shown = area;
  tip.textContent = area.dataset.tip;
  const plot = area.closest(".chart-plot");
  plot.append(tip);
  const [step, box, half] = [area.getBoundingClientRect(), plot.getBoundingClientRect(), tip.offsetWidth / 2];
  const middle = step.x + step.width / 2 - box.x;
  tip.style.insetInlineStart = `${Math.min(Math.max(middle, half), box.width - half)}px`;
}

document.addEventListener("pointerover", ({ target }) => {
  const area = target.closest?.(".chart-hit");
  if (area === shown) return;
  if (area) show(area);
  else if (shown) hide();
});
document.addEventListener("keydown", ({ key }) => key === "Escape" && shown && hide());
document.addEventListener("htmx:beforeSwap", () => shown && hide());
