// <… data-browser-clock>: chooses the time zone, the 12 or 24 hours and the order of dates of this browser.
const dates = Intl.DateTimeFormat(undefined, { month: "numeric", day: "numeric" });
const parts = dates.formatToParts(new Date()).map(({ type }) => type);
const hours = Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
const found = {
  time_zone: dates.resolvedOptions().timeZone,
  hour_format: hours.hour12 ? "12" : "24",
  date_order: parts.indexOf("month") < parts.indexOf("day") ? "month" : "day",
};

for (const place of document.querySelectorAll("[data-browser-clock]")) {
  for (const [name, value] of Object.entries(found)) {
    const select = place.querySelector(`[name="${name}"]`);
    if ([...select.options].some((option) => option.value === value)) select.value = value;
  }
}
