// <p data-invites="expression">: warns while somebody types a text that invites replies which act as keywords. The
// expression is that of optout/invited_keywords.py, which says the same after a form was sent.
function invited(text, expression) {
  const found = [];
  for (const sentence of text.split(/[.!?\n]/)) {
    let rest = sentence;
    for (let match; (match = expression.exec(rest)); ) {
      found.push(match[1].toUpperCase());
      const at = match.index + match[0].lastIndexOf(match[1]);
      rest = rest.slice(0, at) + "-" + rest.slice(at + match[1].length);
    }
  }
  return [...new Set(found)];
}

document.addEventListener("input", ({ target }) => {
  const field = target.closest(".field:has(> [data-invites])") ?? (target.name === "body" ? target.form : null);
  const output = field?.querySelector("[data-invites]");
  if (!output) return;
  const words = invited(target.value, new RegExp(output.dataset.invites, "i"));
  output.textContent = words.length ? `Replies with ${words.join(", ")} act as keywords, whatever you ask for.` : "";
});
