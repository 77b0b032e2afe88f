// <form data-passkey="create"> and "get": asks the browser for a passkey before it is submitted. The options are JSON in
// the form, or the answer of its address. Without passkeys the form stays hidden, and [data-without-passkeys] says so.
const able = window.PublicKeyCredential?.parseCreationOptionsFromJSON;
const parse = (options) => ({
  create: () => PublicKeyCredential.parseCreationOptionsFromJSON(options),
  get: () => PublicKeyCredential.parseRequestOptionsFromJSON(options),
});
const sentences = {
  InvalidStateError: "This device already has a passkey for your account.",
  NotAllowedError: "The browser asked for a passkey and got none. Try again.",
  SecurityError: "Passkeys do not work at this address.",
};

const optionsOf = async (form) => {
  const given = form.querySelector("script[type='application/json']");
  if (given) return JSON.parse(given.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  return (await answer.json()).request_options.publicKey;
};

for (const node of document.querySelectorAll("[data-without-passkeys]")) node.hidden = Boolean(able);
for (const form of able ? document.querySelectorAll("form[data-passkey]") : []) {
  const error = form.querySelector("[data-passkey-error]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    error.hidden = true;
    const verb = form.dataset.passkey;
    try {
      const publicKey = parse(await optionsOf(form))[verb]();
      form.elements.credential.value = JSON.stringify(await navigator.credentials[verb]({ publicKey }));
      form.submit();
    } catch ({ name }) {
      error.textContent = sentences[name] ?? "That did not work. Reload the page and try again.";
      error.hidden = false;
    }
  });
}
