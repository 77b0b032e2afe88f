// <form data-submit-on-change>: submits when a select, checkbox or radio changes. Text fields and dates wait for the button.
document.addEventListener("change", ({ target }) => {
  if (target.matches("form[data-submit-on-change] :is(select, [type=checkbox], [type=radio])")) target.form.requestSubmit();
});
