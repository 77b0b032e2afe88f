// A row that is new in the list is laid out at once, and keeps that height while it is not drawn. With the estimate of
// the style sheet, the rows below it would move as soon as it is drawn.
const list = document.querySelector("[data-place]");

function mark({ detail: fragment }) {
  for (const row of fragment.querySelectorAll(".conversation")) row.dataset.unmeasured = "";
}
function measure() {
  const heights = [...list.querySelectorAll("[data-unmeasured]")].map((row) => [row, row.getBoundingClientRect().height]);
  for (const [row, height] of heights) {
    row.style.containIntrinsicBlockSize = `auto ${height}px`;
    delete row.dataset.unmeasured;
  }
}

list?.addEventListener("merging", mark);
list?.addEventListener("merged", measure);
