// The points of one group: rows by time, the fields that were taken and those that were answered.
const MOST_ROWS = 600;
const COLORS = 6;

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

class GroupData {
  constructor() {
    this.rows = []; // {time, values: {field: number or bool}}, by time
    this.fields = new Map(); // name: {answer, alarm}
  }

  add(point) {
    let row = this.rows[this.rows.length - 1];
    if (!row || row.time !== point.time) {
      row = this.rows.findLast((r) => r.time === point.time);
    }
    if (!row) {
      row = { time: point.time, values: {} };
      let i = this.rows.length;
      while (i > 0 && this.rows[i - 1].time > point.time) --i;
      this.rows.splice(i, 0, row);
      if (this.rows.length > MOST_ROWS) this.rows.shift();
    }
    for (const [name, value] of Object.entries(point.fields)) this.put(row, name, value, point.answer);
  }

  put(row, name, value, answer) {
    // An answer may repeat what was taken.
    const taken = answer && name in row.values && this.fields.get(name)?.answer === false;
    if (taken && row.values[name] === value) return;
    const key = taken ? `${name} (answer)` : name;
    if (!this.fields.has(key)) {
      const alarm = typeof value === "boolean";
      // Numbers beyond that are times and the like: no axis has the others as well.
      const shown = Math.abs(value) < Number.MAX_SAFE_INTEGER;
      const n = this.fields.size;
      this.fields.set(key, { answer, alarm, shown, color: n % COLORS, dashed: n >= COLORS });
    }
    row.values[key] = value;
  }

  column(name) {
    return this.rows.map((r) => (name in r.values ? Number(r.values[name]) : null));
  }

  /// {low, middle, high} of its values but for the outermost; null if there are none.
  range(name) {
    const there = this.column(name).filter((x) => x !== null).sort((a, b) => a - b);
    if (there.length === 0) return null;
    const part = (p) => there[Math.round(p * (there.length - 1))];
    return { low: part(0.05), middle: part(0.5), high: part(0.95) };
  }

  last(name) {
    return this.rows.findLast((r) => name in r.values)?.values[name];
  }
}

/// Whether a field can be read from the axis of another one: it varies as much, not far away, or it
/// stays in the middle of it.
function fits(range, base) {
  const width = base.high - base.low || Math.abs(base.middle) || 1;
  const distance = Math.abs(range.middle - base.middle) / width;
  const part = (range.high - range.low) / width;
  return distance < 0.25 || (distance < 2 && part > 0.05 && part < 4);
}

/// What goes into the upper chart, with the values, and what into the lower one.
function split(data) {
  const numbers = [...data.fields].filter(([name, f]) => !f.alarm && f.shown && data.range(name));
  const alarms = [...data.fields].filter(([, f]) => f.alarm && f.shown).map(([name]) => name);
  const names = numbers.map(([name]) => name);
  const taken = numbers.filter(([, f]) => !f.answer).map(([name]) => name);
  const company = (name) => names.filter((other) => fits(data.range(other), data.range(name))).length;
  const base = (taken.length ? taken : names).toSorted((a, b) => company(b) - company(a))[0];
  if (base === undefined) return { base, upper: [], lower: [], alarms };
  const upper = names.filter((name) => name === base || fits(data.range(name), data.range(base)));
  return { base, upper, lower: names.filter((name) => !upper.includes(name)), alarms };
}

function seriesOf(data, name) {
  const f = data.fields.get(name);
  return {
    label: name, stroke: () => color(`--c${f.color}`), width: f.answer ? 2 : 1.25,
    dash: f.dashed ? [6, 4] : [], spanGaps: true,
    points: { show: data.rows.length < 60, size: 4 }};
}

/// Dots at the values where an alarm is true.
function alarmSeries(name) {
  const red = () => color("--bad");
  return { label: name, stroke: red, fill: red, paths: () => null, points: { show: true, size: 10, fill: red, stroke: red } };
}

function axis(more) {
  return { stroke: () => color("--quiet"), grid: { stroke: () => color("--grid"), width: 1 }, ticks: { stroke: () => color("--grid") }, ...more };
}

/// With the day, if there are several.
function timesOfDay(plot, times) {
  const days = plot.scales.x.max - plot.scales.x.min > 86400;
  return times.map((t) => {
    const date = new Date(t * 1000);
    return date.toLocaleTimeString("en-GB") + (days ? `\n${date.toLocaleDateString()}` : "");
  });
}

const short = (x) => x.toLocaleString("en", { notation: "compact", maximumFractionDigits: 3 });

/// One chart. It is made anew if other fields are in it.
class Plot {
  constructor(height) {
    this.where = element("div", { class: "plot", role: "img" });
    this.height = height;
    this.made = null;
    new ResizeObserver(() => this.made?.setSize({ width: this.where.clientWidth, height })).observe(this.where);
  }

  draw(data, names, alarms, base) {
    this.where.hidden = names.length === 0;
    if (names.length === 0) return;
    const x = data.rows.map((r) => r.time);
    const values = names.map((name) => data.column(name));
    const marks = alarms.map((name) => data.rows.map((r) => (r.values[name] === true ? Number(r.values[base] ?? NaN) : null)));
    const shape = JSON.stringify([names, alarms, data.rows.length < 60]);
    if (shape !== this.shape) this.make(shape, data, names, alarms);
    this.made.setData([x, ...values, ...marks]);
    const count = alarms.reduce((n, name) => n + data.rows.filter((r) => r.values[name] === true).length, 0);
    this.where.setAttribute("aria-label", `Chart of ${names.join(", ")}: ${x.length} times` + (alarms.length ? `, ${count} alarms` : ""));
  }

  make(shape, data, names, alarms) {
    this.shape = shape;
    this.made?.destroy();
    const series = [{}, ...names.map((name) => seriesOf(data, name)), ...alarms.map(alarmSeries)];
    this.made = new uPlot(
      { width: this.where.clientWidth || 300, height: this.height, series, legend: { show: false },
        cursor: { drag: { x: false, y: false } }, axes: [axis({ space: 90, size: 36, values: timesOfDay }), axis({ size: 56, values: (plot, splits) => splits.map(short) })] },
      [[]], this.where);
  }

  redraw() {
    this.made?.redraw(false, true);
  }
}

class Legend {
  constructor(onChange) {
    this.where = element("div", { class: "legend" });
    this.entries = new Map();
    this.onChange = onChange;
  }

  show(data) {
    if (this.data !== data) this.clear();
    this.data = data;
    for (const [name, f] of data.fields) {
      if (!this.entries.has(name)) this.add(name, f);
      say(this.entries.get(name), number(data.last(name)));
    }
  }

  clear() {
    this.entries.clear();
    this.given = element("div", { role: "group", "aria-label": "Fields given" });
    this.answered = element("div", { role: "group", "aria-label": "Fields answered" });
    this.where.replaceChildren(this.given, this.answered);
  }

  add(name, f) {
    const label = element("label");
    const box = element("input", { type: "checkbox" });
    box.checked = f.shown;
    box.addEventListener("change", () => { f.shown = box.checked; this.onChange(); });
    const swatch = element("i", f.alarm ? { class: "alarm" } : {});
    swatch.style.background = f.alarm ? "var(--bad)" : `var(--c${f.color})`;
    const value = element("output");
    label.append(box, swatch, element("span", {}, name), value);
    const group = f.answer ? this.answered : this.given;
    if (!group.firstChild) group.append(element("b", {}, f.answer ? "answered" : "given"));
    group.append(label);
    this.entries.set(name, value);
  }
}

/// Without uPlot: the newest points as a table.
function pointsTable(data) {
  const table = element("table", { class: "points" });
  const names = [...data.fields.keys()];
  const head = table.createTHead().insertRow();
  for (const name of ["time", ...names]) head.append(element("th", { scope: "col" }, name));
  for (const r of data.rows.slice(-15).reverse()) {
    const row = table.insertRow();
    row.append(element("td", { "data-label": "time" }, new Date(r.time * 1000).toISOString()));
    for (const name of names) row.append(element("td", { "data-label": name }, number(r.values[name])));
  }
  return table;
}

class GroupView {
  constructor(where) {
    this.where = where;
    this.legend = new Legend(() => this.draw());
    this.plots = typeof uPlot === "undefined" ? [] : [new Plot(260), new Plot(160)];
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.plots.forEach((p) => p.redraw()));
    this.clear();
  }

  clear() {
    this.data = new GroupData();
    this.where.replaceChildren(...this.plots.map((p) => p.where), this.legend.where);
    this.plots.forEach((p) => { p.where.hidden = true; });
    this.legend.show(this.data);
  }

  add(points) {
    points.forEach((p) => this.data.add(p));
    if (points.length) this.draw();
  }

  draw() {
    this.legend.show(this.data);
    if (this.plots.length === 0) {
      const why = element("p", {}, "This program was built without npm, so there are no charts: the newest points.");
      return this.where.replaceChildren(why, pointsTable(this.data));
    }
    const { base, upper, lower, alarms } = split(this.data);
    this.plots[0].draw(this.data, upper, alarms, base);
    this.plots[1].draw(this.data, lower, [], base);
  }
}
