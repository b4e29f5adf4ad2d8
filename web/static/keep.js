// What is typed and what is not sent yet, sealed by a key that only the server gives to whoever is signed in and that is
// never stored. On a device that others use too nothing is stored. Without this, a reload loses what was typed.
(() => {
  'use strict';
  const $ = (s) => document.querySelector(s), meta = (name) => $(`meta[name=${name}]`)?.content;
  const bar = $('#unsent');
  if (!bar) return;
  const TTL = 30 * 60e3, who = meta('drafts-of'), given = meta('drafts-key');
  const ahead = Date.parse(meta('server-now')) - Date.now();
  const keeps = Boolean(given && window.indexedDB && crypto.subtle);
  const key = keeps && crypto.subtle.importKey('raw', Uint8Array.from(atob(given), (c) => c.charCodeAt(0)), 'AES-GCM', false, ['encrypt', 'decrypt']);
  $('meta[name=drafts-key]')?.remove();

  const db = keeps && new Promise((ok, no) => {
    const asked = indexedDB.open('crisis', 1);
    asked.onupgradeneeded = () => { for (const name of ['drafts', 'out']) asked.result.createObjectStore(name, { keyPath: 'id' }); };
    asked.onsuccess = () => ok(asked.result);
    asked.onerror = () => no(asked.error);
  });
  const store = async (name, act, mode = 'readwrite') => {
    const tx = (await db).transaction(name, mode), asked = act(tx.objectStore(name));
    return new Promise((ok, no) => { tx.oncomplete = () => ok(asked.result); tx.onerror = () => no(tx.error); });
  };
  const all = (name) => store(name, (s) => s.getAll(), 'readonly');
  const drop = (name, id) => store(name, (s) => s.delete(id));
  const put = async (name, row, value) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await key, new TextEncoder().encode(JSON.stringify(value)));
    return store(name, (s) => s.put({ who, ...row, iv, sealed }));
  };
  const read = async (row) => JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: row.iv }, await key, row.sealed)));

  // Drafts
  const NOT = new Set(['csrf', 'key', 'seen', 'queued_at', 'q', 'code', 'pin', 'password', 'answer']);
  const forms = () => [...document.querySelectorAll('form[method=post]')].filter((f) => f.elements.key && f.querySelector('textarea,input:not([type=hidden])'));
  const idOf = (form) => {
    const action = form.getAttribute('action'), alike = forms().filter((f) => f.getAttribute('action') === action);
    return `${action} ${alike.indexOf(form)}`;
  };
  const typed = (form) => [...form.elements].filter((c) => c.name && !NOT.has(c.name) && !['hidden', 'submit', 'button', 'password', 'file'].includes(c.type)
    && (!['radio', 'checkbox'].includes(c.type) || c.checked) && c.value.trim()).map((c) => [c.name, c.value]);
  const isWritten = (form) => [...form.elements].some((c) => /^(text|textarea|number|datetime-local|date|time)$/.test(c.type) && !NOT.has(c.name) && c.value.trim());
  const save = async (form, at = Date.now()) => {
    const id = idOf(form), fields = typed(form);
    return isWritten(form) ? put('drafts', { id, at, key: form.elements.key.value }, fields) : drop('drafts', id);
  };
  const saving = new Map();
  if (keeps) document.addEventListener('input', (e) => {
    const form = e.target.form;
    if (!form || !forms().includes(form)) return;
    clearTimeout(saving.get(form));
    saving.set(form, setTimeout(() => save(form).catch(() => {}), 400));
  });
  const fill = async (form, row) => {
    for (const [name, value] of await read(row)) for (const c of form.elements) {
      if (c.name !== name || c.type === 'hidden') continue;
      if (['radio', 'checkbox'].includes(c.type)) c.checked ||= c.value === value; else c.value = value;
      for (let at = c.closest('details'); at; at = at.parentElement.closest('details')) at.open = true;
    }
    form.setAttribute('data-typed', '');
    const note = document.createElement('p'), away = document.createElement('button');
    note.className = 'note live';
    note.role = 'status';
    note.append(Object.assign(document.createElement('span'), { textContent: bar.dataset.back.replace('{time}', new Date(row.at).toLocaleTimeString(document.documentElement.lang, { timeStyle: 'short', timeZone: meta('zone') })) }), away);
    Object.assign(away, { type: 'button', className: 'btn s', textContent: bar.dataset.away });
    away.addEventListener('click', () => { form.reset(); form.removeAttribute('data-typed'); note.remove(); drop('drafts', row.id); });
    form.prepend(note);
    return save(form, row.at); // under the key of the form as it stands here now
  };
  const restore = async () => {
    const taken = performance.getEntriesByType('navigation')[0]?.serverTiming?.find((t) => t.name === 'sent')?.description;
    const found = new Map((await all('drafts')).map((row) => [row.id, row]));
    for (const row of found.values()) {
      if (row.who === who && row.key !== taken && Date.now() - row.at < TTL) continue;
      found.delete(row.id);
      await drop('drafts', row.id);
    }
    for (const form of forms()) {
      const row = found.get(idOf(form));
      if (isWritten(form)) await save(form); // it comes back from the server as it was typed
      else if (row) await fill(form, row).catch(() => drop('drafts', row.id)); // sealed by another key
    }
  };

  document.addEventListener('click', async (e) => { // somebody was faster, and mine is not wanted any more
    const link = e.target.closest('[data-discard]');
    if (!link || !keeps) return;
    e.preventDefault();
    for (const row of await all('drafts')) if (row.id.startsWith(`${location.pathname} `)) await drop('drafts', row.id);
    location.assign(link.href);
  });

  document.addEventListener('submit', (e) => { // signing out leaves nothing here
    if (keeps && e.target.getAttribute('action') === '/logout') for (const name of ['drafts', 'out']) store(name, (s) => s.clear());
  });

  // What waits
  if (keeps) window.kept = {
    taken: async (form) => { clearTimeout(saving.get(form)); await drop('drafts', idOf(form)).catch(() => {}); },
    queue: async (form, body, at) => {
      clearTimeout(saving.get(form));
      body.delete('csrf');
      body.set('queued_at', new Date(at + ahead).toISOString());
      try { await put('out', { id: form.elements.key.value, at }, { url: form.getAttribute('action'), body: [...body] }); } catch { return false; }
      await drop('drafts', idOf(form));
      window.sending.fresh(form, crypto.randomUUID());
      count();
      return true;
    },
  };
  const count = async () => {
    const rows = (await all('out')).filter((row) => row.who === who), refused = rows.find((row) => row.refused), late = rows.find((row) => row.late);
    const said = refused ? bar.dataset.refused : late ? bar.dataset.late : bar.dataset.waits, look = bar.querySelector('button');
    bar.hidden = !rows.length;
    bar.querySelector('span').textContent = said.replace('{n}', rows.length);
    look.hidden = !(refused || late);
    look.onclick = () => (refused ? show(refused) : drop('out', late.id).then(count));
    return rows;
  };
  const show = async (row) => { // as a page, with why not: what was typed stands in it again
    const { url, body } = await read(row), form = Object.assign(document.createElement('form'), { method: 'post', action: url });
    for (const [name, value] of [...body, ['csrf', $('input[name=csrf]').value]]) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
    document.body.append(form);
    await drop('out', row.id);
    form.submit();
  };
  const flush = async () => {
    for (const row of await count()) {
      if (row.refused || row.late) continue;
      if (Date.now() - row.at > TTL) { await store('out', (s) => s.put({ id: row.id, who, at: row.at, late: true })); continue; }
      const { url, body } = await read(row).catch(() => ({}));
      if (!url) { await store('out', (s) => s.put({ id: row.id, who, at: row.at, late: true })); continue; }
      let answer;
      try { answer = await window.sending.post(url, new URLSearchParams([...body, ['csrf', $('input[name=csrf]').value]])); } catch { break; }
      if (answer.status === 204) { await drop('out', row.id); dispatchEvent(new Event('pull')); }
      else if ([400, 404, 409, 422].includes(answer.status)) await store('out', (s) => s.put({ ...row, refused: true }));
      else break; // signed out, or the server is ill: it stays
    }
    await count();
  };
  const once = () => navigator.locks.request('crisis-out', { ifAvailable: true }, (mine) => (mine ? flush() : null)).catch(() => {});
  const begin = async () => {
    for (const row of await all('out')) if (row.who !== who) await drop('out', row.id); // somebody else was here
    await restore();
    addEventListener('online', once);
    setInterval(() => { if (!bar.hidden) once(); }, 5000);
    await once();
  };
  if (keeps) begin().catch(() => {});

  // Code and a page of help for when there is no network; nothing of a person is ever kept by it.
  const WORKERS = ['/sw.js', '/static/push-worker.js'];
  const policy = window.trustedTypes
    ? trustedTypes.createPolicy('app', { createScriptURL: (url) => { if (!WORKERS.includes(url)) throw new TypeError(url); return url; } })
    : { createScriptURL: (url) => url };
  window.worker = (url) => navigator.serviceWorker.register(policy.createScriptURL(url));
  const later = () => setTimeout(() => window.worker('/sw.js').catch(() => {}), 3000); // after what this page itself needs
  if ('serviceWorker' in navigator) addEventListener('load', later);
})();
