// Counts the segments of a text. GSM 03.38: 160 characters, or 153 per segment of a longer text; UCS-2: 70 and 67.
const basic =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const twice = "^{}\\[~]|€\f"; // escaped, so that each counts twice

function count(text) {
  const gsm = [...text].every((char) => basic.includes(char) || twice.includes(char));
  const length = gsm ? [...text].reduce((sum, char) => sum + (twice.includes(char) ? 2 : 1), 0) : text.length;
  const [single, part] = gsm ? [160, 153] : [70, 67];
  return { length, gsm, segments: length <= single ? Math.min(length, 1) : Math.ceil(length / part) };
}

function show({ target }) {
  const output = target.form?.querySelector("[data-segments]");
  if (!output || target.name !== "body") return;
  const { length, gsm, segments } = count(target.value);
  const capacity = (segments > 1 ? (gsm ? 153 : 67) : gsm ? 160 : 70) * Math.max(segments, 1);
  output.textContent = length ? `${length}/${capacity} · ${segments} ${segments === 1 ? "segment" : "segments"}${gsm ? "" : " · Unicode"}` : "";
}
document.addEventListener("input", show);
