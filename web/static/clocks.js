// Running clocks. They count from the server's time, never the phone's, and are no live regions.
(() => {
  'use strict';
  if ('frozen' in document.documentElement.dataset) return; // a page about a moment that is over
  const sent = Date.parse(document.querySelector('meta[name=server-now]')?.content);
  const ahead = Number.isNaN(sent) ? 0 : sent - Date.now();
  const two = (n) => String(n).padStart(2, '0');
  const span = (ms) => {
    const s = Math.max(0, Math.round(ms / 1000)), h = (s / 3600) | 0, m = ((s % 3600) / 60) | 0;
    if (h >= 24) return `${(h / 24) | 0} d ${h % 24} h`;
    return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
  };
  const tick = () => {
    const now = Date.now() + ahead, stale = 'stale' in document.documentElement.dataset;
    for (const t of document.querySelectorAll('time[data-since]')) t.textContent = span(now - Date.parse(t.dataset.since));
    for (const t of document.querySelectorAll('time[data-until]')) {
      const left = Date.parse(t.dataset.until) - now, box = t.closest('[data-late]');
      t.textContent = stale && t.dataset.at ? t.dataset.at : span(Math.abs(left)); // an old page counts nothing down
      if (box && left < 0) {
        if (box.dataset.mine && !box.classList.contains('late')) dispatchEvent(new CustomEvent('shout', { detail: box.dataset.mine }));
        box.classList.add('late'); box.querySelector('[data-words]').textContent = box.dataset.late;
      }
    }
  };
  tick();
  setInterval(tick, 1000);
})();
