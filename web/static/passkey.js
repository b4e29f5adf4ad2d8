// Passkeys: asks the device to sign, and sends the form with its answer. Without this the password is there.
(() => {
  'use strict';
  const forms = document.querySelectorAll('form[data-passkey]');
  if (!('PublicKeyCredential' in window)) return;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const ids = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const made = async (offer) => {
    const publicKey = { ...offer, challenge: bytes(offer.challenge), user: { ...offer.user, id: bytes(offer.user.id) }, excludeCredentials: ids(offer.excludeCredentials) };
    const { rawId, response, type } = await navigator.credentials.create({ publicKey });
    return { id: text(rawId), rawId: text(rawId), type, response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) } };
  };
  const signed = async () => {
    const asked = await fetch('/login/passkey/ask', { method: 'POST' });
    const options = await asked.json();
    const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: ids(options.allowCredentials) };
    const { rawId, response, type } = await navigator.credentials.get({ publicKey });
    return { id: text(rawId), rawId: text(rawId), type, response: { clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData), signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : null } };
  };

  for (const form of forms) {
    form.hidden = false;
    form.parentElement.querySelector('[data-without]')?.remove();
    form.addEventListener('submit', (e) => {
      if (form.elements.answer.value) return; // filled in: it goes out
      e.preventDefault();
      e.stopImmediatePropagation();
      const cannot = form.querySelector('[data-cannot]');
      cannot.hidden = true;
      const shared = [...document.querySelectorAll('input[type=checkbox][name=shared]')];
      if (shared.length) form.elements.shared.value = shared.some((each) => each.checked) ? 'yes' : 'no';
      (form.dataset.offer ? made(JSON.parse(form.dataset.offer)) : signed()).then((answer) => {
        form.elements.answer.value = JSON.stringify(answer);
        form.requestSubmit();
      }).catch(() => { cannot.hidden = false; });
    });
  }
})();
