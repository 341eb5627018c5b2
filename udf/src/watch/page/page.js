"use strict";
// What is shown comes from those who write points and tasks: it goes into the page as text, never as
// HTML.

const at = (id) => document.getElementById(id);

function element(name, attributes = {}, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

function say(where, text) {
  if (where.textContent !== text) where.textContent = text;
}

function number(x) {
  if (x === null || x === undefined || Number.isNaN(x)) return "–";
  if (typeof x === "boolean") return String(x);
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) return x.toExponential(2);
  return x.toLocaleString("en", { maximumFractionDigits: size < 10 ? 3 : size < 1000 ? 1 : 0 });
}

function duration(seconds) {
  for (const [unit, length] of [["d", 86400], ["h", 3600], ["min", 60]]) {
    if (seconds >= 2 * length) return `${number(seconds / length)} ${unit}`;
  }
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${number(seconds)} s`;
}

function behind(now, newest) {
  if (newest === null) return "–";
  return newest > now + 1 ? `ahead ${duration(newest - now)}` : duration(Math.max(0, now - newest));
}

const keyOf = (f, t) => JSON.stringify([f.name, t.task, t.node]);

// The numbers of the last seconds, for rates.
const history = new Map();
const SECONDS = 4;

function rates(key, t, now) {
  let seen = history.get(key) || [];
  const last = seen[seen.length - 1];
  // Another connection of the task counts from 0.
  if (last && (last.connection !== t.connection || last.in > t.points_in)) seen = [];
  seen.push({ now, connection: t.connection, in: t.points_in, out: t.points_out });
  while (seen.length > 2 && seen[0].now < now - SECONDS) seen.shift();
  history.set(key, seen);
  const first = seen[0];
  const took = now - first.now;
  if (took <= 0) return { in: null, out: null };
  return { in: (t.points_in - first.in) / took, out: (t.points_out - first.out) / took };
}

function counted(counts) {
  return Object.entries(counts).map(([name, n]) => `${name.replaceAll("_", " ")} ${number(n)}`).join(", ");
}

const COLUMNS = [
  ["", ""], ["In /s", "number"], ["Out /s", "number"], ["Behind", "number"], ["Groups", "number"],
  ["Skipped", ""], ["Deaths", "number"], ["Last warning", "warning"]];

const rows = new Map();

function rowFor(key, onChoose) {
  let row = rows.get(key);
  if (row) return row;
  const tr = element("tr");
  const cells = COLUMNS.map(([label, kind]) => {
    const td = element("td", { "data-label": label, class: kind });
    tr.append(td);
    return td;
  });
  const button = element("button", { type: "button" });
  const where = element("small");
  cells[0].append(button, where);
  button.addEventListener("click", () => onChoose(key));
  row = { tr, cells, button, where };
  rows.set(key, row);
  return row;
}

function fillRow(row, f, t, rate, now) {
  const waits = t.has_worker ? "" : " · waits for a worker";
  say(row.button, t.task);
  say(row.where, `${f.name} · ${t.node}${waits}`);
  row.where.className = waits ? "bad" : "";
  const skipped = [counted(t.skipped), counted(t.incomplete)];
  const texts = [
    number(rate.in), number(rate.out), behind(now, t.newest_point), number(t.groups),
    skipped[0] + (skipped[1] ? `; not in full: ${skipped[1]}` : ""), number(t.worker_deaths),
    t.last_warning ? t.last_warning.text : ""];
  texts.forEach((text, i) => {
    const cell = row.cells[i + 1];
    say(cell, text);
    cell.classList.toggle("empty", text === "");
  });
  row.cells[7].title = t.last_warning ? new Date(t.last_warning.time * 1000).toLocaleString() : "";
  row.cells[6].classList.toggle("bad", t.worker_deaths > 0);
}

/// Returns: the tasks, by their keys
function showTasks(status, onChoose) {
  const tasks = new Map();
  const idle = [];
  const body = at("tasks").tBodies[0];
  for (const f of status.functions) {
    if (!f.ready) idle.push(`${f.name} (not ready)`);
    else if (f.tasks.length === 0) idle.push(f.name);
    for (const t of f.tasks) {
      const key = keyOf(f, t);
      tasks.set(key, { f, t });
      const row = rowFor(key, onChoose);
      fillRow(row, f, t, rates(key, t, status.time), status.time);
      if (!row.tr.isConnected) body.append(row.tr);
    }
  }
  for (const [key, row] of rows) {
    if (tasks.has(key)) continue;
    row.tr.remove();
    rows.delete(key);
    history.delete(key);
  }
  at("tasks").hidden = tasks.size === 0;
  at("no-tasks").hidden = tasks.size !== 0;
  say(at("idle"), idle.length ? `No task uses: ${idle.join(", ")}` : "");
  return tasks;
}
