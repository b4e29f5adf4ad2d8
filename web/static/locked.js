// The locked page: says when something rings. Nothing on it says who, what or where.
(() => {
  'use strict';
  const title = document.title;
  let before;
  if (document.getElementById('counts')) setInterval(async () => {
    const answer = await fetch('/locked/counts').catch(() => null), now = answer?.ok ? await answer.text() : before;
    const typing = document.querySelector('#pin')?.value || document.querySelector('#password').value;
    if (before && now !== before && !typing) location.reload();
    before = now;
    document.title = /"pages":[1-9]/.test(now) ? `(!) ${title}` : title;
  }, 20000);
})();
