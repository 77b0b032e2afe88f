// The checkbox that turns off the shortcuts of keys.js in this browser, for people who dictate.
const box = document.querySelector("[data-shortcuts]");
if (box) {
  box.checked = localStorage.getItem("keys") !== "off";
  box.closest("section").hidden = false;
}
box?.addEventListener("change", () => {
  if (box.checked) localStorage.removeItem("keys");
  else localStorage.setItem("keys", "off");
});
