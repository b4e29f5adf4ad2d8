// Loads the page again when a telephone rang, but never while somebody is writing.
(() => {
  'use strict';
  const seen = document.body.dataset.count;
  const writing = () => [...document.querySelectorAll('input[name=body]')].some(input => input.value || input === document.activeElement);
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const { count } = await (await fetch('/count')).json();
      if (String(count) === seen) return;
      if (writing()) document.getElementById('news').textContent = 'Something new came. Refresh to see it.';
      else location.reload();
    } catch { /* the network of telephones was stopped; the next try will tell */ }
  }, 1500);
})();
