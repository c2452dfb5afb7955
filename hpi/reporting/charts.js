"use strict";
// Draws the figures of a report: in the theme of the reader on a screen, in the light one and as wide as the page on
// paper. Nothing of a table is ever read as markup here.
(() => {
  // Pixels of an A4 page within its margins; figures of values are drawn smaller, so that two of them share a page.
  const PAPER = {whole: 680, beside: 325, tallest: 900, smaller: 0.72};
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const hover = matchMedia("(hover: hover)");

  function themed(chart, isDark) {
    const figure = structuredClone(chart.figure);
    for (const [path, value] of isDark ? chart.dark : []) {
      const last = path[path.length - 1];
      path.slice(0, -1).reduce((at, key) => at[key], figure)[last] = structuredClone(value);
    }
    return figure;
  }

  function draw(chart, isDark, onPaper) {
    const place = document.getElementById(chart.key), figure = themed(chart, isDark);
    const layout = figure.layout;
    const width = place.closest(".beside") ? PAPER.beside : PAPER.whole;
    const usual = place.closest(".one") ? PAPER.smaller : 1;
    const zoom = onPaper ? Math.min(usual, PAPER.tallest / layout.height) : 1;
    place.style.zoom = zoom;
    layout.autosize = !onPaper;
    if (onPaper) layout.width = width / zoom;
    place.style.width = onPaper ? `${layout.width}px` : "";
    const config = {
      displaylogo: false, scrollZoom: false, responsive: !onPaper, staticPlot: onPaper,
      displayModeBar: onPaper || !hover.matches ? false : "hover",
      modeBarButtons: [["toImage"]],
      toImageButtonOptions: {format: "svg", filename: chart.key},
    };
    return Plotly.newPlot(place, figure.data, layout, config);
  }

  // One after the other, so that the page can be read and scrolled meanwhile.
  function drawAll() {
    const waiting = [...charts];
    const next = () => {
      const chart = waiting.shift();
      if (!chart) {
        document.documentElement.dataset.drawn = charts.length;
        return;
      }
      draw(chart, dark.matches, false);
      setTimeout(next);
    };
    next();
  }

  const opened = [];
  addEventListener("beforeprint", () => {
    for (const details of document.querySelectorAll("details:not([open])")) {
      details.open = true;
      opened.push(details);
    }
    for (const chart of charts) draw(chart, false, true);
  });
  addEventListener("afterprint", () => {
    for (const details of opened.splice(0)) details.open = false;
    for (const chart of charts) draw(chart, dark.matches, false);
  });
  dark.addEventListener("change", () => {
    for (const chart of charts) draw(chart, dark.matches, false);
  });
  drawAll();
})();
