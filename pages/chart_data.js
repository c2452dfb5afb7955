// What a chart shows as data: for a file, and as the text of a point. Sent behind chart.js, as one script with it.
// Every string of a figure is data; labels are parsed, never shown.

// What is drawn as a table, a row a point; `minus` and `plus` are the whiskers, `note` what a hover would say of it.
function table(plot) {
  const rows = plot._fullData.filter(isData).flatMap(trace => trace.type === "mesh3d" ? hovers(trace) : points(plot, trace));
  const title = letter => plain(plot.layout[`${letter}axis`]?.title?.text) || letter;
  const head = ["series", title("x"), title("y"), "z", "minus", "plus", "note"];
  const used = head.map((_, k) => k < 3 || rows.some(row => says(row[k])));
  return [head, ...rows].map(row => row.filter((_, k) => used[k]).map(cell).join(",")).join("\r\n") + "\r\n";
}

// Words that are put beside the bars, the key of the colours, and what only catches the mouse are no data.
function isData(trace) {
  const unseen = color => /^rgba\(.*,\s*0\)$/.test(color);
  const isKey = trace.hoverinfo === "skip" && (trace.xaxis ?? "x") !== "x" && trace.type === "heatmap";
  return trace.visible === true && trace.mode !== "text" && trace.opacity !== 0 && !isKey && !unseen(trace.marker?.color);
}

function points(plot, trace) {
  const axes = Object.fromEntries(["x", "y"].map(letter => [letter, plot._fullLayout[axisOf(trace, letter)]]));
  const place = (letter, i, carried) => named(trace[letter] ? trace[letter][i] : i, axes[letter], carried);
  const first = trace.z?.[0];
  if (Array.isArray(first) || ArrayBuffer.isView(first)) return Array.from(trace.z).flatMap((line, i) => Array.from(line, (z, j) =>
    [trace.name, place("x", j), place("y", i), z, "", "", note(trace, i, j)]));
  const bars = trace.error_x?.visible ? trace.error_x : trace.error_y?.visible ? trace.error_y : {};
  return Array.from({length: Math.max(trace.x?.length ?? 0, trace.y?.length ?? 0)}, (_, i) => {
    const carried = trace.customdata?.[i];
    return [trace.name, place("x", i, carried), place("y", i, carried), trace.z?.[i], bars.arrayminus?.[i], bars.array?.[i], note(trace, i)];
  });
}

// The corners of a body are no data; what a hover says of it is.
function hovers(trace) {
  return [...new Set(Array.from(trace.hovertext ?? [], plain))].map(said => [trace.name, "", "", "", "", "", said]);
}

// What a hover says of a point, of a heat map of a cell.
function note(trace, i, j) {
  const said = trace.hovertext?.[i] ?? trace.text?.[i];
  return plain(j === undefined ? [said].flat()[0] : said?.[j]);
}

function axisOf(trace, letter) {
  const id = trace[`${letter}axis`] ?? letter;
  return `${letter}axis${id.slice(1)}`;
}

// The word that stands at a place of an axis, where its places are counted: 0, 1, 2...; a name that is cut there in full.
function named(value, axis, carried) {
  const places = Array.from(axis?.tickvals ?? []), word = axis?.ticktext?.[value];
  if (word === undefined || places.some((place, i) => place !== i)) return value;
  const read = plain(word, "");
  return typeof carried === "string" && read.includes("…") ? carried : read;
}

// A label as it reads: line breaks are blanks (of a name, which breaks anywhere, nothing), tags and entities are
// resolved, joints that nobody sees are left out.
function plain(label, atBreaks = " ") {
  if (label === undefined || label === null) return "";
  const text = String(label).replaceAll(/<br\s*\/?>/g, atBreaks).replaceAll(/[\u200b\u2060\u2066\u2069]/g, "");
  return new DOMParser().parseFromString(text, "text/html").documentElement.textContent.trim();
}

// A cell of a CSV; a text that a spreadsheet would take for a formula gets an apostrophe, one that is a number does not.
function cell(value) {
  if (value === undefined || value === null || Number.isNaN(value)) return "";
  if (typeof value === "number") return String(value);
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value);
  const text = /^[=+\-@\t\r\n]/.test(value) && !isNumber ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
