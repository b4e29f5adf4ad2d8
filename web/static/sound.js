// Pages to oneself ring: a tone, a shake, the title and the icon. Never before a press, and the bell never pretends.
(() => {
  'use strict';
  const bell = document.getElementById('bell'), icon = document.querySelector('link[rel=icon]'), calm = icon.getAttribute('href');
  if (!bell) return;
  let audio, wanted = bell.dataset.on === 'on', asked = false;
  const runs = () => audio?.state === 'running';
  const waiting = () => document.querySelectorAll('#part-mine [data-alarm]').length;
  const pause = (ms) => new Promise((go) => { setTimeout(go, ms); });
  const tone = async () => {
    for (const hertz of [880, 660, 880]) {
      const one = audio.createOscillator(), loud = audio.createGain();
      one.frequency.value = hertz;
      loud.gain.value = 0.25;
      one.connect(loud).connect(audio.destination);
      one.start();
      one.stop(audio.currentTime + 0.18);
      await pause(220);
    }
  };
  const draw = () => {
    bell.dataset.state = runs() ? 'on' : 'off';
    bell.setAttribute('aria-pressed', runs());
    bell.setAttribute('aria-label', runs() ? bell.dataset.runs : bell.dataset.still);
  };
  // One alarm for all tabs: whoever holds the lock rings, and the next takes over when that tab is closed.
  const ring = () => {
    if (asked || !runs() || !waiting()) return;
    asked = true;
    navigator.locks.request('crisis-alarm', async () => {
      while (runs() && waiting()) {
        bell.dataset.rings = '';
        navigator.vibrate?.([400, 200, 400]);
        await tone();
        await pause(2500);
      }
      delete bell.dataset.rings;
    }).finally(() => { asked = false; });
  };
  const look = () => {
    const n = waiting(), plain = document.title.replace(/^\(\d+\) [^·]*· /, '');
    document.title = n ? `(${n}) ${bell.dataset.waiting} · ${plain}` : plain;
    icon.setAttribute('href', n ? bell.dataset.icon : calm);
    draw();
    ring();
  };
  const start = async () => {
    audio ??= new AudioContext();
    await Promise.race([audio.resume(), pause(300)]); // without a press it never resolves
    look();
  };
  const keep = (on) => {
    wanted = on;
    const body = new URLSearchParams({ csrf: document.querySelector('input[name=csrf]').value, choice: 'sound', to: on ? 'on' : 'off' });
    fetch('/me/choices', { method: 'POST', body, redirect: 'manual' }).catch(() => {});
  };
  bell.hidden = false;
  bell.addEventListener('click', async () => {
    if (runs()) { await audio.suspend(); keep(false); draw(); return; }
    await start();
    if (runs()) { keep(true); await tone(); }
  });
  for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, (e) => { if (wanted && !runs() && !bell.contains(e.target)) start(); });
  addEventListener('pulled', look);
  setInterval(look, 2000);
  if (wanted) start(); else look();
})();
