// <form data-choosing>: what is chosen or ticked in it is sent at once. What is typed, days too, waits for the button.
document.addEventListener("change", ({ target }) => {
  if (target.matches("form[data-choosing] :is(select, [type=checkbox], [type=radio])")) target.form.requestSubmit();
});
