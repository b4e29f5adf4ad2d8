// Small mercies for forms; each works without this: one send per press, the error summary takes the focus, printing.
(() => {
  'use strict';
  document.querySelector('[data-focus]')?.focus();
  const wordsOf = (button) => button.querySelector('span') || button;
  const again = (form) => { // it may be sent again
    delete form.dataset.sent;
    for (const button of form.querySelectorAll('[data-was]')) {
      button.removeAttribute('aria-disabled');
      wordsOf(button).textContent = button.dataset.was;
      delete button.dataset.was;
    }
  };
  document.addEventListener('submit', (e) => {
    const form = e.target, button = e.submitter;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = '1';
    if (button && form.dataset.sending) {
      button.dataset.was = wordsOf(button).textContent;
      button.setAttribute('aria-disabled', 'true');
      setTimeout(() => { if (form.dataset.sent) wordsOf(button).textContent = form.dataset.sending; }, 0); // the browser has read its value
    }
  });
  document.addEventListener('again', (e) => again(e.target));
  addEventListener('pageshow', () => { for (const form of document.querySelectorAll('form[data-sent]')) again(form); });
  document.addEventListener('click', (e) => { if (e.target.closest('[data-print]')) print(); });
})();
