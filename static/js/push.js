// Notifications in this browser: it subscribes at its push service, and the form brings the subscription to the product.
const form = document.querySelector("form[data-push-key]");
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

async function subscribe() {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("You have not allowed notifications for this site.");
  const worker = await navigator.serviceWorker.ready;
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.pushKey) });
}
async function start(event) {
  if (form.elements.endpoint.value) return;
  event.preventDefault();
  try {
    const { endpoint, keys } = (await subscribe()).toJSON();
    Object.entries({ endpoint, ...keys }).forEach(([name, value]) => (form.elements[name].value = value));
    form.requestSubmit();
  } catch (error) {
    form.querySelector("[data-push-error]").textContent = error.message;
  }
}
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/service-worker.js");
if (form && "PushManager" in window) {
  form.hidden = false;
  form.addEventListener("submit", start);
}
