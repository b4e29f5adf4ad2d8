// My paging: asks the browser for a subscription and sends it with the form. Without this the form stays hidden.
(() => {
  'use strict';
  const WORKER = '/static/push-worker.js';
  const form = document.getElementById('push');
  if (!form || !form.dataset.key || !('serviceWorker' in navigator) || !('PushManager' in window)) return;
  form.hidden = false;
  document.getElementById('push-cannot').hidden = true;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));

  const subscribed = async () => {
    const worker = await window.worker(WORKER);
    const wanted = { userVisibleOnly: true, applicationServerKey: bytes(form.dataset.key) };
    const old = await worker.pushManager.getSubscription();
    if (old) await old.unsubscribe(); // it may be for another key
    return (await worker.pushManager.subscribe(wanted)).toJSON();
  };

  form.addEventListener('submit', (e) => {
    if (form.elements.endpoint.value) return; // filled in: it goes out
    e.preventDefault();
    e.stopImmediatePropagation();
    subscribed().then((made) => {
      form.elements.endpoint.value = made.endpoint;
      form.elements.p256dh.value = made.keys.p256dh;
      form.elements.auth.value = made.keys.auth;
      form.requestSubmit();
    }).catch(() => { document.getElementById('push-denied').hidden = false; });
  });
})();
