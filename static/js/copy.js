// <button data-copy="id">: copies the words of a field.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  await navigator.clipboard?.writeText(field.value);
  button.textContent = navigator.clipboard ? "Copied" : "Selected: press Ctrl-C";
});
