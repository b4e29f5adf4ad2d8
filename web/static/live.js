// Keeps the page up to date. The socket says only "incident I is at event M", never what happened; the page then pulls
// its parts with the viewer's own rights and morphs them in. A form that somebody typed in is never replaced.
(() => {
  'use strict';
  const $ = (s) => document.querySelector(s), root = document.documentElement;
  const meta = (name) => $(`meta[name=${name}]`)?.content;
  const incident = meta('live-incident'), pill = $('#conn'), banner = $('#stale'), polite = $('#say'), urgent = $('#shout'), waiting = $('#changes');
  if (!pill) return;
  pill.hidden = false; // without script the page is not live and does not say so
  let position = Number(meta('live-position') || 0), socket, tries = 0, heard = Date.now(), begun = Infinity, timer, again = false, busy = false;
  let down = false, touched = 0, changes = 0, lost = false, owed = 0; // owed: since when parts are asked for in vain
  const ANSWER = 12e3; // a lost packet can hold a connection for minutes: then another one is tried
  const etags = new Map(), said = [], shouted = new Set();

  const show = (state) => {
    if (pill.dataset.state === state) return;
    pill.dataset.state = state;
    pill.lastElementChild.textContent = pill.dataset[state];
  };
  const shout = (text) => { urgent.textContent = ''; setTimeout(() => { urgent.textContent = text; }, 50); };
  const late = () => (owed ? Date.now() - owed : 0); // heard of, and not on the page
  const fresh = () => {
    heard = Date.now();
    if (late() > 10000) return;
    lost = false;
    show('live');
    banner.hidden = true;
    delete root.dataset.stale;
    banner.querySelector('time').textContent = new Date().toLocaleTimeString(root.lang, { timeZone: meta('zone') });
  };
  const look = () => { // no heartbeat: 10 s turns the pill and is said, 30 s brings the banner
    const silent = Date.now() - heard, quiet = Math.max(silent, late());
    if (quiet > 10000) show(navigator.onLine ? 'retry' : 'off');
    if (quiet > 10000 && !lost) { lost = true; shout(pill.dataset.lost); }
    if (quiet > 30000 && banner.hidden) { banner.hidden = false; root.dataset.stale = ''; }
    if (Date.now() - Math.max(heard, begun) > 20000) lose(); // also one that never came about: a browser waits minutes for it
  };
  setInterval(look, 1000);

  // One polite announcement every 5 s at most, joined. What is marked so is said at once, and once.
  const say = (text) => { if (text && !said.includes(text)) said.push(text); };
  setInterval(() => { if (said.length) polite.textContent = said.splice(0).join('. '); }, 5000);
  const shoutNews = (el) => {
    for (const each of el.querySelectorAll('[data-shout]')) {
      const text = each.textContent.trim();
      if (!shouted.has(text)) { shouted.add(text); shout(text); }
    }
  };

  const policy = window.trustedTypes ? trustedTypes.createPolicy('parts', { createHTML: (html) => html }) : { createHTML: (html) => html };
  const isTyped = (node) => node.nodeType === 1 && (node.matches('[data-typed]') || node.querySelector('[data-typed]'));
  const morph = (el, text) => { // parsed apart, where no script runs; scripts are no part of a part
    const made = new DOMParser().parseFromString(policy.createHTML(text), 'text/html').body.firstElementChild;
    const callbacks = {
      beforeNodeMorphed: (node) => !(node.dataset && 'typed' in node.dataset),
      beforeNodeRemoved: (node) => !isTyped(node),
      beforeAttributeUpdated: (name) => name !== 'open', // what somebody has opened stays open
    };
    Idiomorph.morph(el, made, { morphStyle: 'outerHTML', ignoreActiveValue: true, callbacks });
  };
  const heading = (el) => el?.querySelector('[data-heading]')?.textContent.trim();
  const swap = async (el) => {
    const src = el.dataset.src, tag = etags.get(src), headers = { 'X-Untouched': '1' };
    const signal = AbortSignal.timeout(ANSWER);
    const answer = await fetch(src, { headers: tag ? { ...headers, 'If-None-Match': tag } : headers, redirect: 'manual', signal });
    if (answer.status === 304) return;
    if (answer.status === 401 && $('#lock')) { dispatchEvent(new Event('out')); return; } // signed out, or locked
    if (!answer.ok) { if (answer.status < 500 && answer.status !== 429) location.reload(); return; } // no longer on the team
    const text = await answer.text(), id = el.id, before = heading(el);
    const focus = el.contains(document.activeElement) ? document.activeElement.id : null;
    morph(el, text);
    etags.set(src, answer.headers.get('ETag'));
    const now = document.getElementById(id), after = heading(now);
    if (after && after !== before) say(now.dataset.say ? `${now.dataset.say} ${after}` : after);
    shoutNews(now);
    if (focus && !document.getElementById(focus)) { // the control under the finger is gone: land on the heading
      const h = now.querySelector('h2') || now;
      h.tabIndex = -1;
      h.focus({ preventScroll: true });
    }
  };
  const all = async () => { // each part by itself: what has come stays, whatever became of the others
    const done = await Promise.allSettled([...document.querySelectorAll('[data-src]')].map(swap));
    if (done.some((each) => each.status === 'rejected')) throw new Error('not all came');
  };
  const pull = async () => {
    if (busy) { again = true; return; }
    if (down || Date.now() - touched < 3000) { // nothing moves under a finger
      if (changes && waiting) {
        waiting.hidden = false;
        waiting.querySelector('p').textContent = waiting.dataset.words.replace('{n}', changes);
      }
      timer = setTimeout(pull, 500);
      return;
    }
    busy = true;
    owed ||= Date.now();
    changes = 0;
    if (waiting) waiting.hidden = true;
    try {
      do { again = false; await all(); } while (again);
      owed = 0;
      if (Date.now() - heard < 10000) fresh();
    } catch { again = true; } finally { busy = false; }
    dispatchEvent(new Event('pulled'));
    if (again) later(4000);
  };
  const later = (ms = 120) => { clearTimeout(timer); timer = setTimeout(pull, ms); };
  const now = () => { down = false; touched = 0; later(0); };

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
    changes += 1;
    later();
    const changed = $('#changed');
    if (changed?.hidden) { changed.hidden = false; say(changed.querySelector('p').textContent); } // a page with one form: touch nothing
  };
  // What changes without waking anybody is asked for by the clock: that paging stopped, and pages of one's own.
  setInterval(() => {
    if (busy || document.hidden) return;
    for (const el of document.querySelectorAll('[data-src][data-clock]')) swap(el).then(() => dispatchEvent(new Event('pulled'))).catch(() => {});
  }, 30000);
  const connect = () => {
    begun = Date.now();
    const line = socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live?after=${position}`);
    line.onopen = () => { if (line !== socket) return; if (tries) later(); tries = 0; fresh(); whereabouts(); };
    line.onmessage = (e) => { if (line === socket) take(JSON.parse(e.data)); };
    line.onclose = () => { if (line === socket) lose(); };
  };
  const lose = () => { // nothing of this line counts any more
    const line = socket;
    socket = null;
    begun = Infinity; // another one is on its way
    line?.close();
    if (Date.now() - heard > 10000) show(navigator.onLine ? 'retry' : 'off');
    setTimeout(connect, Math.min(15000, 500 * 2 ** tries++) * (0.7 + Math.random() * 0.6));
    if (tries > 2 || Date.now() - heard > 20000) later(); // no socket here (a proxy, a filter): the parts are pulled anyway
  };
  document.querySelectorAll('[data-shout]').forEach((each) => shouted.add(each.textContent.trim())); // read with the page
  document.addEventListener('input', (e) => e.target.form?.setAttribute('data-typed', ''));
  for (const kind of ['pointerdown', 'touchstart']) addEventListener(kind, () => { down = true; touched = Date.now(); }, { passive: true });
  for (const kind of ['pointerup', 'pointercancel', 'touchend']) addEventListener(kind, () => { down = false; touched = Date.now(); }, { passive: true });
  waiting?.querySelector('button').addEventListener('click', now);
  addEventListener('pull', () => { now(); say(polite.dataset.saved); }); // what was sent from here has arrived
  addEventListener('shout', (e) => shout(e.detail));
  addEventListener('online', () => { tries = 0; if (socket) lose(); });
  addEventListener('offline', () => show('off'));
  document.addEventListener('visibilitychange', () => { whereabouts(); if (!document.hidden) later(); });
  document.addEventListener('resume', () => { // slept: what stands here is of before, until all of it has come anew
    if (Date.now() - heard > 10000) owed ||= heard;
    look();
    later();
  });
  connect();
})();
