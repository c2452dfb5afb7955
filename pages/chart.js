// A Plotly chart that stays where it is: a new figure is drawn into the old element. Around it what a chart of ours has:
// a text for who does not see it, a menu that saves it, keys that do what the mouse does, ranges that can be drawn.
// Every string of a figure is data; only Plotly itself sets any of them as markup. Files and texts: chart_data.js.

const charts = new WeakMap();  // the element of the page -> what is drawn in it
const EXPORT = {scale: 2, narrowest: 640};

export function library(address) {
  window.hpiPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => { window.hpiPlotly = undefined; reject(new Error("The script that draws charts did not come.")); };
    document.head.append(script);
  });
  return window.hpiPlotly;
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Calls that waited for this script come in any order. Streamlit takes back at once those that are no longer wanted, and
// the last one when its element is gone.
export default function ({data, parentElement, setTriggerValue}) {
  const chart = charts.get(parentElement) ?? new Chart(parentElement);
  charts.set(parentElement, chart);
  const wanted = {...JSON.parse(data), tell: setTriggerValue};
  chart.take(wanted);
  return () => {
    if (parentElement.isConnected) return chart.drop(wanted);
    charts.delete(parentElement);
    chart.end();
  };
}

class Chart {
  constructor(parent) {
    this.plot = element("div", {class: "hpi-plot"});
    this.said = element("div", {class: "hpi-said", "aria-live": "polite"});
    this.menu = new Menu(this);
    this.box = element("div", {class: "hpi-chart stPlotlyChart"}, this.plot, this.menu.box, this.said);
    parent.querySelector(".hpi-failed")?.remove();
    parent.append(this.box);
    this.plot.addEventListener("keydown", event => this.key(event));
    this.plot.addEventListener("blur", () => this.leave());
    this.sizes = new ResizeObserver(() => this.update());
    this.sizes.observe(this.box);
    this.wanted = [];
    this.at = -1;
  }

  take(wanted) {
    this.wanted.push(wanted);
    this.show(wanted);
    setTimeout(() => this.wanted.splice(0, this.wanted.length - 1));  // by now it would have been taken back
  }

  drop(unwanted) {
    this.wanted = this.wanted.filter(one => one !== unwanted);
    if (this.wanted.length) this.show(this.wanted.at(-1));
  }

  show(wanted) {
    Object.assign(this, wanted);
    const {figure, clickable} = wanted;
    this.plot.style.minHeight = `${figure.layout.height ?? 320}px`;
    this.plot.setAttribute("role", clickable ? "application" : "img");
    this.plot.setAttribute("aria-label", this.text());
    if (clickable) this.plot.setAttribute("tabindex", "0");
    else this.plot.removeAttribute("tabindex");
    this.update();
  }

  // Several figures may come while the library is on its way, and another width while one is drawn: the last one holds.
  // Where the chart has no width (a closed expander) it waits: labels cannot be measured there.
  async update() {
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.isBehind()) {
        this.plotly ??= await library(this.library);
        if (!this.ended) await this.draw();
      }
    } catch (error) {
      this.fail();
      if (this.plotly) throw error;
      console.warn(error.message);
    } finally {
      this.busy = false;
    }
  }

  isBehind() {
    const width = this.box.clientWidth, isTried = this.failed === this.figure;
    return !this.ended && width > 0 && !isTried && (this.drawn !== this.figure || this.width !== width);
  }

  async draw() {
    const width = this.box.clientWidth, figure = this.figure;
    this.width = width;
    if (this.drawn === figure) return this.plotly.relayout(this.plot, {width});
    this.drawn = figure;
    const {data, layout} = figure;
    const finger = !matchMedia("(pointer: fine)").matches;  // a finger that draws a range could not scroll
    const dragmode = this.ranges && !finger ? "select" : false;
    const direction = {x: "h", y: "v"}[this.ranges] ?? "d";
    const drawn = {...layout, dragmode, selectdirection: direction, autosize: true, width: width || undefined};
    const first = !this.plot._fullLayout;
    if (first) this.plot.textContent = "";
    await this.plotly.react(this.plot, data, drawn, {displayModeBar: false, displaylogo: false, doubleClick: false});
    if (this.ended) return this.plotly.purge(this.plot);
    if (first) this.listen();
    for (const part of this.plot.querySelectorAll(".svg-container")) part.setAttribute("aria-hidden", "true");
  }

  // The next figure is tried again, or this one by a click.
  fail() {
    if (this.plot._fullLayout) this.plotly.purge(this.plot);
    this.drawn = undefined;
    this.failed = this.figure;
    const again = element("button", {type: "button"}, "Try again");
    again.addEventListener("click", () => {
      this.failed = undefined;
      this.show(this);
    });
    this.plot.removeAttribute("aria-label");
    this.plot.removeAttribute("tabindex");
    this.plot.setAttribute("role", "alert");
    this.plot.replaceChildren(element("p", {}, "This chart cannot be drawn: the script for it did not come, or it broke. "), again);
  }

  listen() {
    this.plot.on("plotly_click", event => {
      if (this.clickable && event.points.length) this.pick(event.points[0]);
    });
    this.plot.on("plotly_selected", event => {
      if (!this.ranges || !event?.range) return;
      // what was outside of the range would stay dimmed
      this.plotly.update(this.plot, {selectedpoints: null}, {selections: []});
      const {range} = event, letters = [...this.ranges].filter(letter => range[letter]);  // none over another part of it
      if (letters.length) this.tell("ranged", Object.fromEntries(letters.map(letter => [letter, range[letter]])));
    });
  }

  pick(point) {
    const carried = point.customdata ?? point.data?.customdata?.[point.pointNumber];
    if (says(carried)) this.tell("picked", {customdata: listed(carried), x: point.x, y: point.y});
  }

  text() {
    const ways = this.clickable ? ` ${this.clickable}: arrow keys choose, Enter opens.` : "";
    return `${this.figure.layout.meta?.alt ?? this.name}${ways}`;
  }

  // What can be clicked can be reached by the keys as well, in the order in which it is read.
  key(event) {
    const step = {ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1}[event.key];
    if (event.key === "Escape") this.leave();
    if (!this.clickable || !this.drawn || (step === undefined && event.key !== "Enter")) return;
    event.preventDefault();
    const points = reachable(this.plot), chosen = points[this.at];
    if (!points.length) return;
    if (event.key === "Enter" && chosen) this.pick(chosen);
    else this.go(points, this.at < 0 && step === -1 ? points.length - 1 : (this.at + (step ?? 1) + points.length) % points.length);
  }

  go(points, at) {
    const {curveNumber, pointNumber, customdata} = points[at];
    this.at = at;
    this.plotly.Fx.hover(this.plot, [{curveNumber, pointNumber}]);
    setTimeout(() => {  // Plotly does not write more often than every 50 ms
      if (this.at === at) this.said.textContent = hovered(this.plot) || [listed(customdata)].flat().join(", ");
    }, 100);
  }

  leave() {
    this.at = -1;
    if (this.plot._fullLayout) this.plotly.Fx.unhover(this.plot);
  }

  end() {
    this.ended = true;
    this.sizes.disconnect();
    this.menu.end();
    if (this.plotly) this.plotly.purge(this.plot);
    this.box.remove();
  }
}

// What a hover says just now, its lines in one.
function hovered(plot) {
  const label = plot.querySelector(".hovertext .nums"), lines = Array.from(label?.querySelectorAll(".line") ?? []);
  return lines.length ? lines.map(line => line.textContent).join(" ") : label?.textContent;
}

// What a point carries as a list, where it came as numbers of one type.
function listed(carried) {
  return ArrayBuffer.isView(carried) ? Array.from(carried) : carried;
}

// Whether what a point carries can be meant by a click: the empty half of a triangle carries nothing.
function says(carried) {
  return [listed(carried)].flat().some(part => part !== undefined && part !== null && part !== "");
}

// Points that carry something, of the first trace that can be clicked; of a heat map its cells.
function reachable(plot) {
  const index = (plot._fullData ?? []).findIndex(trace => trace.customdata && trace.hoverinfo !== "skip");
  if (index < 0) return [];
  const trace = plot._fullData[index], points = [];
  const add = (customdata, pointNumber, x, y) => {
    const isThere = [x, y].every(value => value !== null && !Number.isNaN(value));
    if (says(customdata) && isThere) points.push({curveNumber: index, pointNumber, customdata, x, y});
  };
  Array.from(trace.customdata).forEach((carried, i) => {
    if (trace.type !== "heatmap") add(carried, i, trace.x?.[i], trace.y?.[i]);
    else Array.from(carried).forEach((one, j) => add(one, [i, j], trace.x?.[j], trace.y?.[i]));
  });
  const {range} = plot._fullLayout[axisOf(trace, "y")];
  return trace.orientation === "h" && range[0] < range[1] ? points.reverse() : points;
}

class Menu {
  constructor(chart) {
    this.chart = chart;
    const open = element("button", {type: "button", class: "hpi-open", "aria-expanded": "false", "aria-label": "Save this chart", title: "Save this chart"}, "⤓");
    const entries = [["Picture (PNG)", () => this.picture("png")], ["Picture (SVG)", () => this.picture("svg")], ["Data (CSV)", () => this.data()]];
    this.list = element("div", {class: "hpi-list", hidden: ""}, ...entries.map(([label, save]) => {
      const entry = element("button", {type: "button"}, label);
      entry.addEventListener("click", () => { this.toggle(false); save(); });
      return entry;
    }));
    this.open = open;
    this.box = element("div", {class: "hpi-menu"}, open, this.list);
    open.addEventListener("click", () => this.toggle(this.list.hidden));
    this.box.addEventListener("keydown", event => {
      if (event.key === "Escape") { this.toggle(false); open.focus(); }
      if (event.key === "Tab") setTimeout(() => { if (!this.box.contains(document.activeElement)) this.toggle(false); });
    });
    this.outside = event => { if (!this.box.contains(event.target)) this.toggle(false); };
    document.addEventListener("click", this.outside);
  }

  toggle(shown) {
    this.list.hidden = !shown;
    this.open.setAttribute("aria-expanded", String(shown));
  }

  end() {
    document.removeEventListener("click", this.outside);
  }

  async picture(format) {
    const {plot, plotly, name} = this.chart;
    if (!plotly) return;
    const paper = getComputedStyle(document.querySelector("[data-testid=stApp]") ?? document.body).backgroundColor;
    const width = Math.max(plot.clientWidth, EXPORT.narrowest), height = plot.clientHeight;
    const figure = {data: plot.data, layout: {...plot.layout, width, height, paper_bgcolor: paper, selections: []}};
    const address = await plotly.toImage(figure, {format, width, height, scale: format === "png" ? EXPORT.scale : 1});
    save(address, `${name}.${format}`);
  }

  data() {
    if (!this.chart.plotly) return;
    const address = URL.createObjectURL(new Blob([table(this.chart.plot)], {type: "text/csv;charset=utf-8"}));
    save(address, `${this.chart.name}.csv`);
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }
}

function save(address, name) {
  const link = element("a", {href: address, download: name});
  document.body.append(link);
  link.click();
  link.remove();
}
