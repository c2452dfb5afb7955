// Times what a visitor does: from an event in the page to the frame in which what it asks for is drawn.
window.study = (() => {
  const state = () => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState;
  const charts = () => Array.from(document.querySelectorAll('.js-plotly-plot'));
  const keyOf = chart => {
    const names = Array.from(chart.closest('[class*="st-key-"]')?.classList ?? []);
    return names.find(name => name.startsWith('st-key-'))?.slice(7) ?? '';
  };
  const marks = chart => Array.from(
    chart.querySelectorAll('.cartesianlayer :is(.trace, .hm) :is(path, image, text)'),
    mark => ['d', 'transform', 'href', 'style'].map(name => mark.getAttribute(name)).join());
  const drawn = selector => {
    const chart = document.querySelector(selector);
    if (!chart || !chart._fullData) return null;
    const shown = marks(chart).join(';');
    return shown !== '' || chart.querySelector('canvas') ? shown : null;
  };

  // wanted: {name: ['drawn' | 'changed', selector] | ['rest']}; how long each took, and which charts were put anew
  const arm = (event, wanted, within) => {
    const before = Object.fromEntries(Object.entries(wanted).map(([name, [, selector]]) =>
      [name, selector ? drawn(selector) : null]));
    const known = new Set(charts().map(keyOf)), seen = new WeakSet(charts());
    const remounts = {}, took = {};
    let ran = false;
    const look = () => {
      ran ||= state() !== 'notRunning';
      for (const chart of charts()) {
        if (seen.has(chart)) continue;
        seen.add(chart);
        const key = keyOf(chart);
        if (known.has(key)) remounts[key] = (remounts[key] ?? 0) + 1;
        known.add(key);
      }
    };
    const met = {
      drawn: (name, selector) => drawn(selector) !== null,
      changed: (name, selector) => { const now = drawn(selector); return now !== null && now !== before[name]; },
      rest: () => ran && state() === 'notRunning',
    };
    const watch = new MutationObserver(look);
    window.study.lap = new Promise((done, fail) => window.addEventListener(event, from => {
      const began = from.timeStamp;
      watch.observe(document.body,
        {subtree: true, childList: true, attributeFilter: ['class', 'data-test-script-state']});
      const frame = () => {
        look();
        const now = performance.now() - began;
        for (const [name, [kind, selector]] of Object.entries(wanted))
          if (!(name in took) && met[kind](name, selector)) took[name] = now;
        const left = Object.keys(wanted).filter(name => !(name in took));
        if (left.length && now < within) { requestAnimationFrame(frame); return; }
        watch.disconnect();
        if (left.length) fail(new Error(`after ${within} ms there was no ${left.join(', ')}`));
        else done({took, remounts});
      };
      requestAnimationFrame(frame);
    }, {capture: true, once: true}));
    window.study.lap.catch(() => {});
  };
  return {arm, drawn};
})();
