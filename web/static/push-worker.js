// Shows the message that came, and opens the console when it is pressed. It keeps nothing and touches no request.
'use strict';
addEventListener('push', (e) => {
  let said = {};
  try { said = e.data.json(); } catch { said = {}; }
  const title = said.title || 'Crisis', body = said.body || '';
  e.waitUntil(registration.showNotification(title, { body, tag: 'crisis', renotify: true, requireInteraction: true }));
});
addEventListener('notificationclick', (e) => {
  e.notification.close();
  e.waitUntil(clients.openWindow('/board'));
});
