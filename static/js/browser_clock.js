// <… data-browser-clock>: its form begins with the time zone, the form of times and dates, and the country of this browser.
const dates = Intl.DateTimeFormat(undefined, { month: "numeric", day: "numeric" });
const parts = dates.formatToParts(new Date()).map(({ type }) => type);
const hours = Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
const zone = dates.resolvedOptions().timeZone;
const found = {
  time_zone: zone,
  hour_format: hours.hour12 ? "12" : "24",
  date_order: parts.indexOf("month") < parts.indexOf("day") ? "month" : "day",
};
// The country whose clock this is, of several the one of the browser's language.
function country(codes) {
  const region = new Intl.Locale(navigator.language).maximize().region;
  const hasZone = (code) => new Intl.Locale("und", { region: code }).getTimeZones?.().includes(zone);
  return [region, ...codes].find(hasZone) ?? region;
}

for (const place of document.querySelectorAll("[data-browser-clock]")) {
  const fields = place.closest("form").elements;
  const chosen = fields.country ? { ...found, country: country([...fields.country.options].map(({ value }) => value)) } : found;
  for (const [name, value] of Object.entries(chosen)) {
    if ([...fields[name].options].some((option) => option.value === value)) fields[name].value = value;
  }
}
