// <form data-theme-choice>: the chosen theme shows at once, without a new page; the server keeps it.
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!form.matches("[data-theme-choice]")) return;
  event.preventDefault();
  document.querySelector("meta[name=color-scheme]").content = submitter.value.replace("system", "light dark");
  for (const color of document.querySelectorAll("meta[name=theme-color]")) {
    const { theme } = color.dataset;
    const always = theme === submitter.value ? "all" : "not all";
    color.media = submitter.value === "system" ? `(prefers-color-scheme: ${theme})` : always;
  }
  for (const button of document.querySelectorAll("[data-theme-choice] button")) button.ariaPressed = String(button.value === submitter.value);
  fetch(form.action, { method: "POST", body: new FormData(form, submitter), redirect: "manual" });
});
