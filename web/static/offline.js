// How much of this browser was not sent yet: a number, which needs no key. The page comes back by itself.
(() => {
  'use strict';
  const line = document.getElementById('unsent'), asked = indexedDB.open('crisis', 1);
  asked.onupgradeneeded = () => asked.transaction.abort(); // nothing was ever kept here
  asked.onsuccess = () => {
    const counted = asked.result.transaction('out').objectStore('out').count();
    counted.onsuccess = () => { line.hidden = !counted.result; line.querySelector('b').textContent = counted.result; };
  };
  addEventListener('online', () => location.reload());
  document.getElementById('again').addEventListener('click', () => location.reload());
})();
