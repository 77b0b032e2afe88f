// The service worker: it keeps static files of a version, never a page, and shows notifications.
const STATIC = "{{ static_url|escapejs }}";
const ICON = "{{ icon|escapejs }}";
const ASSETS = "assets";
const MOST = 100; // files that are kept
const isAsset = ({ url, method }) => method === "GET" && new URL(url).pathname.startsWith(STATIC) && /\.[0-9a-f]{12}\.\w+$/.test(url);

async function asset(request) {
  const cache = await caches.open(ASSETS);
  const kept = await cache.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) {
    await cache.put(request, fresh.clone());
    const names = await cache.keys();
    await Promise.all(names.slice(0, Math.max(names.length - MOST, 0)).map((name) => cache.delete(name)));
  }
  return fresh;
}
async function open(url) {
  const pages = await clients.matchAll({ type: "window" });
  const page = pages.find((page) => new URL(page.url).pathname === url) ?? pages[0];
  if (!page) return clients.openWindow(url);
  if (new URL(page.url).pathname !== url) await page.navigate(url);
  return page.focus();
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => isAsset(event.request) && event.respondWith(asset(event.request)));
addEventListener("push", (event) => {
  const { title, body, tag, url, silent } = event.data.json();
  const shown = { body, tag, silent, icon: ICON, badge: ICON, renotify: !silent, data: { url } };
  event.waitUntil(registration.showNotification(title, shown));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});
