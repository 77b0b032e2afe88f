// The count of unread conversations in the title, in the icon of the tab, and on the icon of the installed app.
const icon = document.querySelector("link[rel=icon]");
const count = () => document.querySelector("#count-unread .count")?.textContent.trim() ?? "";
let prefix = "";

function show() {
  if (!document.querySelector("#count-unread")) return;
  const plain = prefix && document.title.startsWith(prefix) ? document.title.slice(prefix.length) : document.title;
  prefix = count() && `(${count()}) `;
  if (document.title !== prefix + plain) document.title = prefix + plain;
  const address = count() ? icon.dataset.unread : icon.dataset.read;
  if (icon.getAttribute("href") !== address) icon.href = address;
  if (count()) navigator.setAppBadge?.(parseInt(count()))?.catch(() => {});
  else navigator.clearAppBadge?.()?.catch(() => {});
}
if (icon?.dataset.unread) {
  show();
  document.addEventListener("htmx:afterSettle", show);
  document.addEventListener("htmx:oobAfterSwap", show);
  document.addEventListener("merged", show);
  new MutationObserver(show).observe(document.querySelector("title"), { childList: true });
}
