// Keeps the page up to date. The socket says only "incident I is at event M", never what happened; the page then pulls
// its parts with the viewer's own rights and htmx morphs them in. A form that somebody typed in is never replaced.
(() => {
  'use strict';
  const $ = (s) => document.querySelector(s), root = document.documentElement;
  const meta = (name) => $(`meta[name=${name}]`)?.content;
  const incident = meta('live-incident'), pill = $('#conn'), banner = $('#stale'), polite = $('#say');
  if (!pill) return;
  pill.hidden = false; // without script the page is not live and does not say so
  let position = Number(meta('live-position') || 0), socket, tries = 0, heard = Date.now(), touched = 0, timer, again = false, busy = false;
  const etags = new Map(), said = [];

  const show = (state) => {
    if (pill.dataset.state === state) return;
    pill.dataset.state = state;
    pill.lastElementChild.textContent = pill.dataset[state];
  };
  const fresh = () => {
    heard = Date.now();
    show('live');
    banner.hidden = true;
    delete root.dataset.stale;
    banner.querySelector('time').textContent = new Date().toLocaleTimeString(root.lang);
  };
  setInterval(() => { // no heartbeat: 10 s turns the pill, 30 s brings the banner
    const quiet = Date.now() - heard;
    if (quiet > 10000) show(navigator.onLine ? 'retry' : 'off');
    if (quiet > 30000 && banner.hidden) { banner.hidden = false; root.dataset.stale = ''; }
    if (quiet > 45000 && socket?.readyState === 1) socket.close();
  }, 1000);

  // One polite announcement every 5 s at most, joined.
  const say = (text) => { if (text && !said.includes(text)) said.push(text); };
  setInterval(() => { if (said.length) polite.textContent = said.splice(0).join('. '); }, 5000);

  const heading = (el) => el?.querySelector('[data-heading]')?.textContent.trim();
  const swap = async (el) => {
    const src = el.dataset.src, tag = etags.get(src);
    const answer = await fetch(src, { headers: tag ? { 'If-None-Match': tag } : {}, credentials: 'same-origin', redirect: 'manual' });
    if (answer.status === 304) return;
    if (!answer.ok) { if (answer.status !== 503) location.reload(); return; } // signed out or no longer on the team
    const text = await answer.text(), id = el.id, before = heading(el);
    const focus = el.contains(document.activeElement) ? document.activeElement.id : null;
    await htmx.swap({ text, target: el, sourceElement: el, swap: 'outerMorph' });
    etags.set(src, answer.headers.get('ETag'));
    const now = document.getElementById(id), after = heading(now);
    if (after && after !== before) say(now.dataset.say ? `${now.dataset.say} ${after}` : after);
    if (focus && !document.getElementById(focus)) { // the control under the finger is gone: land on the heading
      const h = now.querySelector('h2') || now;
      h.tabIndex = -1;
      h.focus({ preventScroll: true });
    }
  };
  const pull = async () => {
    if (busy) { again = true; return; }
    if (Date.now() - touched < 3000) { timer = setTimeout(pull, 3000); return; } // nothing moves under a finger
    busy = true;
    try {
      do { again = false; await Promise.all([...document.querySelectorAll('[data-src]')].map(swap)); } while (again);
    } catch { again = true; } finally { busy = false; }
    if (again) later(4000);
  };
  const later = (ms = 120) => { clearTimeout(timer); timer = setTimeout(pull, ms); };

  // Where this page is, for the others of the team. Nothing of what is typed; a tab in the background is away.
  const whereabouts = (here = document.hidden ? null : incident || null) => {
    if (socket?.readyState === 1) socket.send(JSON.stringify({ here, step: (here && meta('live-step')) || null }));
  };
  setInterval(() => whereabouts(), 15000);
  addEventListener('pagehide', () => whereabouts(null));

  const take = (m) => {
    fresh();
    if (m.here) { const part = $('#part-here'); if (part) swap(part).catch(() => {}); return; }
    if (m.reset !== undefined) { position = m.reset; later(); return; } // too far behind, or another log: everything anew
    const at = m.position ?? m.hello;
    if (at <= position) return; // at or below what is on the page
    position = at;
    if (!m.incident || (incident && m.incident !== incident)) return; // a heartbeat, or not what is shown
    later();
    const changed = $('#changed');
    if (changed) changed.hidden = false; // a page with one form: say so, touch nothing
  };
  // Paging that stopped wakes nobody, so that nothing arrives here: this one part is asked for by the clock.
  setInterval(() => { const part = $('#part-paging'); if (part && !busy && !document.hidden) swap(part).catch(() => {}); }, 30000);
  const connect = () => {
    socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live?after=${position}`);
    socket.onopen = () => { if (tries) later(); tries = 0; fresh(); whereabouts(); };
    socket.onmessage = (e) => take(JSON.parse(e.data));
    socket.onclose = () => {
      show(navigator.onLine ? 'retry' : 'off');
      setTimeout(connect, Math.min(15000, 500 * 2 ** tries++) * (0.7 + Math.random() * 0.6));
      if (tries > 2) later(); // no socket here (a proxy, a filter): the parts are pulled anyway
    };
  };
  document.addEventListener('input', (e) => e.target.form?.setAttribute('hx-morph-skip', ''));
  for (const kind of ['pointerdown', 'touchstart']) addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  addEventListener('online', () => { tries = 0; socket?.close(); });
  addEventListener('offline', () => show('off'));
  document.addEventListener('visibilitychange', () => { whereabouts(); if (!document.hidden) later(); });
  connect();
})();
