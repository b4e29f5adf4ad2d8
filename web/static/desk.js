// The screen itself: it locks when nobody touches it, and hides at once. Without this the server locks it all the same.
(() => {
  'use strict';
  const $ = (id) => document.getElementById(id), root = document.documentElement, lock = $('lock');
  if (!lock) return;
  const idle = Number(lock.dataset.idle) * 1000, tabs = new BroadcastChannel('crisis');
  let used = Date.now(), told = used, touched = false, typed = null;

  // What was being typed goes along, and is kept on the server for whoever opens the screen again.
  const NOT = new Set(['csrf', 'key', 'seen', 'q', 'code', 'pin', 'password', 'answer']);
  document.addEventListener('input', (e) => { if (e.target.form?.method === 'post') typed = e.target.form; });
  lock.addEventListener('submit', () => {
    tabs.postMessage('lock');
    if (!typed?.isConnected) return;
    const carry = (name, value) => {
      const field = document.createElement('input');
      field.type = 'hidden';
      field.name = name;
      field.value = value;
      lock.append(field);
    };
    carry('to', new URL(typed.action).pathname);
    for (const [name, value] of new FormData(typed)) if (!NOT.has(name) && typeof value === 'string') carry(`kept.${name}`, value);
  });

  // A touch counts, what the page asks for by itself does not; all tabs of a browser are one screen.
  const tell = () => {
    touched = false;
    told = Date.now();
    fetch('/me/touched', { redirect: 'manual' }).then((answer) => {
      if (answer.status === 204) tabs.postMessage('used');
      else lock.requestSubmit(); // signed out, or locked: what is typed goes along
    }).catch(() => {});
  };
  tabs.onmessage = (e) => {
    if (e.data === 'lock' && !lock.dataset.sent) lock.requestSubmit(); // with what was typed here
    if (e.data === 'used') used = Date.now();
  };
  const touch = () => {
    used = Date.now();
    touched = true;
    if (!$('locks').hidden) { $('locks').hidden = true; tell(); }
  };
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchmove']) addEventListener(kind, touch, { passive: true });
  setInterval(() => {
    const now = Date.now(), left = used + idle - now;
    if (touched && now - told > 30000) tell();
    if (left <= 0) { lock.requestSubmit(); return; }
    if (left < 60000 && $('locks').hidden) {
      $('locks').hidden = false;
      $('locks').lastElementChild.textContent = $('locks').dataset.words; // said now: an alert speaks when it changes
    }
  }, 1000);

  addEventListener('out', () => lock.requestSubmit());

  // Hidden: nothing of the page is shown or read out, and nothing of it is lost. The title says nothing either.
  const title = document.title, cover = $('blank');
  let escaped = 0;
  const hide = (on) => {
    root.toggleAttribute('data-blank', on);
    cover.hidden = !on;
    document.title = on ? 'Crisis' : title;
    if (on) cover.querySelector('button').focus();
  };
  cover.querySelector('button').addEventListener('click', () => hide(false));
  $('hide').hidden = false;
  $('hide').addEventListener('click', () => hide(true));
  addEventListener('keydown', (e) => {
    if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && e.target.id === 'note') e.target.form.requestSubmit();
    if (e.key !== 'Escape') { escaped = 0; return; }
    if (Date.now() - escaped < 700) hide(true);
    escaped = Date.now();
  }, true);
})();
