// Forms on a bad network: sent by script first, by the same key as the form has, so that an answer that is lost on its
// way does no work twice. What does not arrive waits, where that may be (keep.js), or says NOT SENT and is tried again
// as long as the page is open. Without this, forms are plain forms.
(() => {
  'use strict';
  const panel = document.getElementById('notsent'), WAIT = 20e3;
  if (!panel) return;
  const post = (url, body) => {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), WAIT);
    const options = { method: 'POST', body, headers: { 'X-Sent-By': 'script' }, redirect: 'manual', signal: stop.signal };
    return fetch(url, options).finally(() => clearTimeout(timer));
  };
  const plainly = (form, button) => { // the server's answer is a page: let the browser fetch it, by the same key
    if (button?.name) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name: button.name, value: button.value }));
    form.submit();
  };
  const again = (form) => form.dispatchEvent(new Event('again', { bubbles: true }));
  const fresh = (form, key) => {
    form.elements.key.value = key;
    form.reset();
    form.removeAttribute('data-typed');
    form.querySelector('p.note')?.remove();
    again(form);
  };
  const taken = async (form, answer) => {
    await window.kept?.taken(form);
    const to = answer.headers.get('X-To'), [path] = to.split('#');
    if (path !== location.pathname) { location.assign(to); return; }
    fresh(form, answer.headers.get('X-Key'));
    if (document.getElementById('tl')) { dispatchEvent(new Event('pull')); return; } // the one page that follows live
    if (to === path) { location.assign(to); return; }
    history.replaceState(null, '', to); // an address with a mark is one to scroll to, and loads nothing
    location.reload();
  };
  let retry;
  const send = async (form, button, body) => {
    let answer;
    try { answer = await post(form.action, body); } catch { return false; }
    panel.close();
    clearTimeout(retry);
    if (answer.status === 204) await taken(form, answer); else plainly(form, button);
    return true;
  };
  const notSent = (form, button, body) => { // never behind one's back
    if (!panel.open) panel.showModal();
    const go = async () => { if (panel.open && !await send(form, button, body)) notSent(form, button, body); };
    clearTimeout(retry);
    retry = setTimeout(go, 5000);
    panel.querySelector('[data-again]').onclick = () => { clearTimeout(retry); go(); };
    panel.onclose = () => { clearTimeout(retry); again(form); };
  };
  document.addEventListener('submit', async (e) => {
    const form = e.target;
    if (!form.matches('form[data-sending]') || form.enctype === 'multipart/form-data' || form.dataset.sent) return;
    e.preventDefault();
    const button = e.submitter, body = new URLSearchParams(new FormData(form, button)), at = Date.now();
    if (await send(form, button, body)) return;
    if (!('queue' in form.dataset) || !await window.kept?.queue(form, body, at)) notSent(form, button, body);
  }, true);
  window.sending = { post, fresh };
})();
