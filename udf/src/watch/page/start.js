const MOST_GROUPS = 200;
const STATUS_EVERY = 1000; // ms
const POINTS_EVERY = 500; // ms

const view = new GroupView(at("charts"));
let tasks = new Map();
let answered = Date.now();
// What is watched. Without a group: all of the task, until it is known which groups there are.
let watched = { key: null, group: null, since: "", groups: new Set(), paused: false, missed: 0 };

async function ask(path) {
  const answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(5000) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error || `status ${answer.status}`);
  return told;
}

function fillOptions(select, options, chosen) {
  const wanted = JSON.stringify(options);
  if (select.dataset.options !== wanted) {
    select.dataset.options = wanted;
    select.replaceChildren(...options.map(([value, text]) => element("option", { value }, text)));
  }
  if (select.value !== chosen) select.value = chosen;
}

function showChoice() {
  at("watch").hidden = tasks.size === 0;
  const options = [...tasks].map(([key, { f, t }]) => [key, `${t.task} – ${f.name}`]);
  fillOptions(at("task"), options, watched.key);
  // A group has any name but this one: it is no JSON.
  const groups = [...watched.groups].sort().map((g) => [JSON.stringify(g), g || "(all points)"]);
  const chosen = watched.group === null ? "look" : JSON.stringify(watched.group);
  fillOptions(at("group"), [...groups, ["look", watched.group === null ? "looking …" : "look for others …"]], chosen);
}

function choose(key, group = null) {
  const groups = key === watched.key ? watched.groups : new Set();
  watched = { ...watched, key, group, since: "", groups, missed: 0 };
  view.clear();
  say(at("said"), "waits for points");
  showChoice();
}

function takePoints(told) {
  const points = told.points;
  for (const p of points) if (watched.groups.size < MOST_GROUPS) watched.groups.add(p.group);
  if (watched.group === null && points.length) watched.group = points[0].group;
  if (watched.group === null) return;
  const mine = points.filter((p) => p.group === watched.group);
  watched.missed += told.missed;
  view.add(mine);
  if (mine.length === 0) return;
  const newest = new Date(mine[mine.length - 1].time * 1000).toLocaleString();
  const missed = watched.missed ? ` · ${number(watched.missed)} came too fast to be shown` : "";
  say(at("said"), `newest point: ${newest}${missed}`);
}

async function lookAtPoints() {
  const { key, group, since } = watched;
  if (!tasks.has(key) || watched.paused || document.hidden) return;
  const { f, t } = tasks.get(key);
  const query = new URLSearchParams({ function: f.name, task: t.task, node: t.node, group: group ?? "", since });
  try {
    const told = await ask(`/watch?${query}`);
    if (watched.key !== key || watched.group !== group) return; // chosen meanwhile
    watched.since = told.next;
    takePoints(told);
    // From all groups to one: that is another watch.
    if (watched.group !== group && watched.group !== "") watched.since = "";
    showChoice();
  } catch (problem) {
    say(at("said"), `no points: ${problem.message}`);
  }
}

async function lookAtStatus() {
  const state = at("state");
  try {
    const status = await ask("/status.json");
    answered = Date.now();
    tasks = showTasks(status, (key) => { choose(key); at("group").focus(); });
    state.className = "good";
    say(state, `version ${status.version} · ${tasks.size} ${tasks.size === 1 ? "task" : "tasks"}`);
    if (!tasks.has(watched.key) && tasks.size) choose([...tasks.keys()][0]);
    showChoice();
  } catch {
    state.className = "bad";
    say(state, `no answer for ${duration((Date.now() - answered) / 1000)}: is the program running?`);
  }
}

/// The next look begins when the last one is over.
async function again(look, pause) {
  await look();
  setTimeout(() => again(look, pause), pause);
}

at("task").addEventListener("change", (e) => choose(e.target.value));
at("group").addEventListener("change", (e) => {
  const value = e.target.value;
  if (value === "look") watched.groups.clear();
  choose(watched.key, value === "look" ? null : JSON.parse(value));
});
at("pause").addEventListener("click", (e) => {
  watched.paused = !watched.paused;
  e.target.setAttribute("aria-pressed", String(watched.paused));
  say(e.target, watched.paused ? "Go on" : "Pause");
});
again(lookAtStatus, STATUS_EVERY);
again(lookAtPoints, POINTS_EVERY);
