// Gives htmx its Trusted Types policy and takes its eval away for good: hx-on, hx-vals "js:" and filters do nothing.
htmx.registerExtension('app-tt', {
  init: (api) => {
    const none = () => { throw new TypeError('htmx may not make scripts'); };
    const policy = window.trustedTypes
      ? trustedTypes.createPolicy('htmx', { createHTML: (html) => html, createScript: none })
      : { createHTML: (html) => html };
    const Never = function () { return { call() { console.error('htmx eval is off'); } }; };
    api.initSecurity(policy, Never, Never);
  },
});
