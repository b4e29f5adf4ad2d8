// Small mercies for forms; each works without this: one send per press, the error summary takes the focus, printing.
(() => {
  'use strict';
  document.querySelector('[data-focus]')?.focus();
  document.addEventListener('submit', (e) => {
    const form = e.target, button = e.submitter;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = '1';
    if (button && form.dataset.sending) {
      const words = button.querySelector('span') || button;
      button.setAttribute('aria-disabled', 'true');
      setTimeout(() => { words.textContent = form.dataset.sending; }, 0); // after the browser has read the button's value
    }
  });
  addEventListener('pageshow', () => { // back to this page: it may be sent again
    for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
  });
  document.addEventListener('click', (e) => { if (e.target.closest('[data-print]')) print(); });
})();
