// Shortcuts, for whoever has switched them on. They lead somewhere or open a form; none sends, finishes or hands over.
(() => {
  'use strict';
  const $ = (s) => document.querySelector(s), incident = $('meta[name=live-incident]')?.content;
  const GO = { b: '/board', m: '/my', o: '/oncall' };
  let before = '';
  const focus = (el) => {
    if (!el) return;
    if (el.tabIndex < 0) el.tabIndex = -1;
    el.focus();
    el.scrollIntoView({ block: 'center' });
  };
  const entry = (step) => {
    const all = [...document.querySelectorAll('#tl>li')], at = all.indexOf(document.activeElement);
    focus(all[Math.max(0, at + step)]);
  };
  addEventListener('keydown', (e) => {
    const inside = e.target.closest?.('input,textarea,select'), g = before === 'g';
    before = inside ? '' : e.key;
    if (e.key === 'Escape') { // closes, never sends
      const open = e.target.closest?.('details[open]');
      if (inside) inside.blur(); else if (open) { open.open = false; focus(open.querySelector('summary')); }
      return;
    }
    if (inside || e.ctrlKey || e.metaKey || e.altKey || $('dialog[open]') || 'blank' in document.documentElement.dataset) return;
    if (g) { if (GO[e.key]) location.assign(GO[e.key]); return; }
    if (e.key === '/') focus($('input[name=q]'));
    else if (e.key === '?') location.assign('/shortcuts');
    else if (e.key === 'n') location.assign('/incidents/new');
    else if (!incident) return;
    else if (/^[1-5]$/.test(e.key)) focus(document.querySelectorAll('#part-steps .phase-h')[e.key - 1]);
    else if (e.key === 'j' || e.key === 'k') entry(e.key === 'j' ? 1 : -1);
    else if (e.key === 'a') focus($('#note'));
    else if (e.key === 'p') location.assign(`/incidents/${incident}/people`);
    else return;
    e.preventDefault();
  });
})();
