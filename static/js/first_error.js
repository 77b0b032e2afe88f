// A form that is shown again begins at its first error, which may be far below the top of the page.
document.querySelector('.page [aria-invalid="true"]')?.focus();
