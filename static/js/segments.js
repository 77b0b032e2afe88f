// Counts the segments of a text. GSM 03.38: 160 characters, or 153 per segment of a longer text; UCS-2: 70 and 67.
const basic =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const twice = "^{}\\[~]|€\f"; // escaped, so that each counts twice

// The size of each character, and how many a single text and a segment of a longer text hold. Carriers cut neither an
// escaped character nor a surrogate pair, so a segment may end with a gap.
function count(text) {
  const gsm = [...text].every((char) => basic.includes(char) || twice.includes(char));
  const size = (char) => (gsm ? (twice.includes(char) ? 2 : 1) : char.length);
  const [single, part] = gsm ? [160, 153] : [70, 67];
  const length = [...text].reduce((sum, char) => sum + size(char), 0);
  if (length <= single) return { length, gsm, capacity: single, segments: Math.min(length, 1) };
  let [segments, used] = [1, 0];
  for (const char of text) {
    if (used + size(char) > part) [segments, used] = [segments + 1, 0];
    used += size(char);
  }
  return { length: (segments - 1) * part + used, gsm, capacity: segments * part, segments };
}

function show({ target }) {
  const field = target.closest(".field:has(> [data-segments])"); // of a form with several texts
  const output = (field ?? (target.name === "body" ? target.form : null))?.querySelector("[data-segments]");
  if (!output) return;
  const { length, gsm, capacity, segments } = count(target.value);
  output.textContent = length ? `${length}/${capacity} · ${segments} ${segments === 1 ? "segment" : "segments"}${gsm ? "" : " · Unicode"}` : "";
}
document.addEventListener("input", show);
