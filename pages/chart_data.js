// What a chart shows as data, for a file. Sent behind chart.js, as one script with it. Every string of it is data.

// The rows that a figure carries, as they are: hpi/figures/rows.py says how. A row of a trace begins with its name.
function table(plot) {
  const {columns, rows, words = {}, points = []} = plot.layout.meta.rows;
  const traces = plot._fullData.filter(trace => points.includes(trace.name));
  const drawn = traces.flatMap(trace => Array.from(trace.customdata ?? [], one => [trace.name, ...exact(one)]));
  const read = (value, column) => Number.isInteger(value) && words[column] ? words[column].at(value) : value;
  const lines = [...rows, ...drawn].map(row => columns.map((_, k) => cell(read(row[k], k))));
  return [columns.map(cell), ...lines].map(line => line.join(",")).join("\r\n") + "\r\n";
}

// Numbers of 32 bits have seven digits: 0.3, and not 0.30000001192092896.
function exact(values) {
  return values instanceof Float32Array ? Array.from(values, value => Number(value.toPrecision(7))) : values;
}

function axisOf(trace, letter) {
  const id = trace[`${letter}axis`] ?? letter;
  return `${letter}axis${id.slice(1)}`;
}

// A cell of a CSV; a text that a spreadsheet would take for a formula gets an apostrophe, one that is a number does not.
function cell(value) {
  if (value === undefined || value === null || Number.isNaN(value)) return "";
  if (typeof value === "number") return String(value);
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value);
  const text = /^[=+\-@\t\r\n]/.test(value) && !isNumber ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
