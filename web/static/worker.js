// Keeps code and one page of help for when there is no network. Never a page, a part or an answer: nothing of a person.
self.addEventListener('install', (e) => e.waitUntil(caches.open(VERSION).then((kept) => kept.addAll(KEPT)).then(() => self.skipWaiting())));
self.addEventListener('activate', (e) => e.waitUntil(caches.keys()
  .then((names) => Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name))))
  .then(() => self.clients.claim())));
self.addEventListener('fetch', (e) => {
  const { request } = e, url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (KEPT.includes(url.pathname + url.search)) e.respondWith(caches.match(request).then((found) => found || fetch(request)));
  else if (request.mode === 'navigate') e.respondWith(fetch(request).catch(() => caches.match('/offline')));
});
