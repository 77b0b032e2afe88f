// <button data-copy="id">: copies the words of a field or of another element.
document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  const words = document.getElementById(button.dataset.copy);
  if (words.select) words.select();
  else getSelection().selectAllChildren(words);
  await navigator.clipboard?.writeText(words.value ?? words.textContent);
  button.textContent = navigator.clipboard ? "Copied" : "Selected: press Ctrl-C";
});
