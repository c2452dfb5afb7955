// A Plotly chart that stays where it is: a new figure is drawn into the old element. Around it what a chart of ours has:
// a text for who does not see it, a menu that saves it, keys that do what the mouse does, ranges that can be drawn.
// Every string of a figure is data; only Plotly itself sets any of them as markup.

const charts = new WeakMap();  // the element of the page -> what is drawn in it
const EXPORT = {scale: 2, narrowest: 640};

function library(address) {
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

export default function (component) {
  const {data, parentElement} = component;
  const chart = charts.get(parentElement) ?? new Chart(parentElement);
  charts.set(parentElement, chart);
  chart.show(JSON.parse(data), component.setTriggerValue);
  return () => { charts.delete(parentElement); chart.end(); };
}

class Chart {
  constructor(parent) {
    this.plot = element("div", {class: "hpi-plot", tabindex: "0"});
    this.said = element("div", {class: "hpi-said", "aria-live": "polite"});
    this.menu = new Menu(this);
    this.box = element("div", {class: "hpi-chart stPlotlyChart"}, this.plot, this.menu.box, this.said);
    parent.append(this.box);
    this.plot.addEventListener("keydown", event => this.key(event));
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.box);
    this.at = -1;
  }

  // Several figures may come while the library is on its way: the last one is drawn.
  async show({figure, name, clickable, ranges, library: address}, tell) {
    Object.assign(this, {figure, name, clickable, ranges, tell});
    this.plot.style.minHeight = `${figure.layout.height ?? 320}px`;
    this.plot.setAttribute("role", clickable ? "application" : "img");
    this.plot.setAttribute("aria-label", this.text());
    if (this.busy) return;
    this.busy = true;
    try {
      this.plotly = await library(address);
      for (let drawn = null; drawn !== this.figure && !this.ended;) {
        drawn = this.figure;
        await this.draw(drawn);
      }
    } catch (error) {
      this.plot.textContent = "This chart cannot be drawn here. Reload the page to try again.";
      throw error;
    } finally {
      this.busy = false;
    }
  }

  async draw({data, layout}) {
    const finger = !matchMedia("(pointer: fine)").matches;  // a finger that draws a range could not scroll
    const dragmode = this.ranges && !finger ? "select" : false;
    const direction = {x: "h", y: "v"}[this.ranges] ?? "d";
    const drawn = {...layout, dragmode, selectdirection: direction, autosize: true, width: this.box.clientWidth || undefined};
    const first = !this.plot.classList.contains("js-plotly-plot");
    if (first) this.plot.textContent = "";
    await this.plotly.react(this.plot, data, drawn, {displayModeBar: false, displaylogo: false, doubleClick: false});
    this.width = this.box.clientWidth;
    if (first) this.listen();
    for (const part of this.plot.querySelectorAll(".svg-container")) part.setAttribute("aria-hidden", "true");
  }

  listen() {
    this.plot.on("plotly_click", event => {
      if (this.clickable && event.points.length) this.pick(event.points[0]);
    });
    this.plot.on("plotly_selected", event => {
      if (!this.ranges || !event?.range) return;
      this.plotly.relayout(this.plot, {selections: []});
      this.tell("ranged", event.range);
    });
  }

  pick(point) {
    const carried = point.customdata ?? point.data?.customdata?.[point.pointNumber];
    if (carried !== undefined) this.tell("picked", {customdata: carried, x: point.x, y: point.y});
  }

  text() {
    const ways = this.clickable ? ` ${this.clickable}: arrow keys choose, Enter opens.` : "";
    return `${this.figure.layout.meta?.alt ?? this.name}${ways}`;
  }

  // What can be clicked can be reached by the keys as well, in the order in which it is read.
  key(event) {
    const step = {ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1}[event.key];
    if (!this.clickable || (step === undefined && event.key !== "Enter")) return;
    event.preventDefault();
    const points = reachable(this.plot);
    if (!points.length) return;
    if (event.key === "Enter") {
      if (points[this.at]) this.pick(points[this.at]);
      return;
    }
    this.at = (this.at + step + points.length) % points.length;
    const point = points[this.at];
    this.plotly.Fx.hover(this.plot, [{curveNumber: point.curveNumber, pointNumber: point.pointNumber}]);
    this.said.textContent = [point.customdata].flat().join(", ");
  }

  fit() {
    const width = this.box.clientWidth;
    if (!this.plotly || this.busy || !width || width === this.width) return;
    this.width = width;
    this.plotly.relayout(this.plot, {width});
  }

  end() {
    this.ended = true;
    this.sizes.disconnect();
    this.menu.end();
    if (this.plotly) this.plotly.purge(this.plot);
    this.box.remove();
  }
}

// Points that carry something, of the first trace that can be clicked; of a heat map its cells.
function reachable(plot) {
  const index = (plot._fullData ?? []).findIndex(trace => trace.customdata && trace.hoverinfo !== "skip");
  if (index < 0) return [];
  const trace = plot._fullData[index], points = [];
  Array.from(trace.customdata).forEach((carried, i) => {
    if (trace.type !== "heatmap") points.push({curveNumber: index, pointNumber: i, customdata: carried, x: trace.x?.[i], y: trace.y?.[i]});
    else Array.from(carried).forEach((one, j) => {
      if (one !== null && [one].flat().some(part => part !== null && part !== "")) points.push({curveNumber: index, pointNumber: [i, j], customdata: one});
    });
  });
  return trace.orientation === "h" && plot._fullLayout.yaxis.autorange !== "reversed" && plot._fullLayout.yaxis.range[0] < plot._fullLayout.yaxis.range[1]
    ? points.reverse() : points;
}

class Menu {
  constructor(chart) {
    this.chart = chart;
    const open = element("button", {type: "button", class: "hpi-open", "aria-haspopup": "true", "aria-expanded": "false", "aria-label": "Save this chart", title: "Save this chart"}, "⤓");
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

// What is drawn as a table, a row a point; `minus` and `plus` are the whiskers, `note` what a hover would say of it.
function table(plot) {
  const rows = [];
  for (const trace of plot._fullData) {
    const [across, up] = ["x", "y"].map(letter => plot._fullLayout[axisOf(trace, letter)]);
    const name = (values, i, axis) => named(values?.[i], axis);
    const bars = trace.error_x?.visible ? trace.error_x : trace.error_y?.visible ? trace.error_y : {};
    const note = i => plain([trace.hovertext?.[i] ?? trace.text?.[i]].flat()[0]);
    const first = trace.z?.[0];
    if (Array.isArray(first) || ArrayBuffer.isView(first)) {
      trace.z.forEach((line, i) => Array.from(line).forEach((z, j) => rows.push(
        [trace.name, name(trace.x, j, across), name(trace.y, i, up), z, "", "", plain([trace.hovertext?.[i]?.[j] ?? trace.text?.[i]?.[j]].flat()[0])])));
    } else {
      const length = Math.max(trace.x?.length ?? 0, trace.y?.length ?? 0);
      for (let i = 0; i < length; i++) rows.push(
        [trace.name, name(trace.x, i, across), name(trace.y, i, up), trace.z?.[i] ?? "", bars.arrayminus?.[i] ?? "", bars.array?.[i] ?? "", note(i)]);
    }
  }
  const title = letter => plain(plot.layout[`${letter}axis`]?.title?.text) || letter;
  const head = ["series", title("x"), title("y"), "z", "minus", "plus", "note"];
  const used = head.map((_, k) => k < 3 || rows.some(row => row[k] !== "" && row[k] !== undefined && row[k] !== null));
  return [head, ...rows].map(row => row.filter((_, k) => used[k]).map(cell).join(",")).join("\r\n") + "\r\n";
}

function axisOf(trace, letter) {
  const id = trace[`${letter}axis`] ?? letter;
  return `${letter}axis${id.slice(1)}`;
}

// The word that stands at a place of an axis, where its places are counted: 0, 1, 2...
function named(value, axis) {
  const places = Array.from(axis?.tickvals ?? []), word = axis?.ticktext?.[value];
  return word === undefined || places.some((place, i) => place !== i) ? value : plain(word);
}

// A label as it reads: line breaks are blanks, tags and entities are resolved. Parsed, never shown.
function plain(label) {
  if (label === undefined || label === null) return "";
  const text = String(label).replaceAll(/<br\s*\/?>/g, " ");
  return new DOMParser().parseFromString(text, "text/html").documentElement.textContent;
}

// A cell of a CSV; a text that a spreadsheet would take for a formula gets an apostrophe.
function cell(value) {
  if (value === undefined || value === null || Number.isNaN(value)) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
