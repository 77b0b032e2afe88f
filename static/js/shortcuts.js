// The checkbox that turns the single keys of keys.js off, in this browser: to those who dictate they are in the way.
const box = document.querySelector("[data-shortcuts]");
if (box) {
  box.checked = localStorage.getItem("keys") !== "off";
  box.closest("section").hidden = false;
}
box?.addEventListener("change", () => {
  if (box.checked) localStorage.removeItem("keys");
  else localStorage.setItem("keys", "off");
});
