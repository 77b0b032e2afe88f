"""Reports by e-mail, each week or month: when they are due, what is in them, and who gets them."""
