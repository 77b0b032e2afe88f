// Count what a text costs: GSM 03.38 has 160 characters a text, 153 in each part of a longer one; UCS-2 70 and 67.
const basic =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const twice = "^{}\\[~]|€\f"; // escaped, so each takes two

function count(text) {
  const gsm = [...text].every((char) => basic.includes(char) || twice.includes(char));
  const length = gsm ? [...text].reduce((sum, char) => sum + (twice.includes(char) ? 2 : 1), 0) : text.length;
  const [single, part] = gsm ? [160, 153] : [70, 67];
  return { length, gsm, segments: length <= single ? Math.min(length, 1) : Math.ceil(length / part) };
}

function show({ target }) {
  const place = target.form?.querySelector("[data-segments]");
  if (!place || target.name !== "body") return;
  const { length, gsm, segments } = count(target.value);
  const room = (segments > 1 ? (gsm ? 153 : 67) : gsm ? 160 : 70) * Math.max(segments, 1);
  place.textContent = length ? `${length}/${room} · ${segments} ${segments === 1 ? "segment" : "segments"}${gsm ? "" : " · Unicode"}` : "";
}
document.addEventListener("input", show);
