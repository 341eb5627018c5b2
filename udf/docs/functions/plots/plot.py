#!/usr/bin/python3
"""plot.py [NAME...]: draws NAME.svg for the functions of plots.toml, all or those, into this folder.

What is drawn is what the programs do: kapacitor-udf-generator makes the points, kapacitor-udf-host
sends them through kapacitor-udfd. KAPACITOR_UDF_BIN is where they are; default: build/bin of the
project. Nothing random and no date gets into a file: the same programs make the same bytes. Needs
Debian's python3-matplotlib.
"""

import datetime
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tomllib

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as pyplot  # noqa: E402

here = pathlib.Path(__file__).resolve().parent
project = here.parents[3]
programs = pathlib.Path(os.environ.get("KAPACITOR_UDF_BIN", project / "build/bin")).resolve()
start = "2024-01-01T00:00:00Z"

matplotlib.rcParams.update({
    "svg.hashsalt": "kapacitor-udf",
    "svg.fonttype": "none",
    "path.simplify_threshold": 0.3,
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "legend.frameon": False,
})


def run(words, stdin=None):
    done = subprocess.run([str(w) for w in words], input=stdin, capture_output=True, text=True, cwd=here)
    if done.returncode != 0:
        sys.exit(f"plot.py: {words[0]} failed:\n{done.stderr}")
    return done.stdout


def generated(spec):
    """The input as line protocol."""
    scenario = spec["scenario"]
    if scenario.endswith(".toml"):
        scenario = here / "scenarios" / scenario
    words = [programs / "kapacitor-udf-generator", "--scenario", scenario, "--dry-run", "--start", start,
             "--points", spec["points"]]
    if "series" in spec:
        words += ["--series", spec["series"]]
    return run(words)


def through(function, spec, lines):
    """What the host writes, as one dict for each line."""
    words = [programs / "kapacitor-udf-host", "run", "--log-level", "error", "--input", "-", "--group-by",
             spec.get("group_by", "*"), "--exec",
             f"'{programs}/kapacitor-udfd' --stdio {function} --log-level error"]
    for option in spec["options"]:
        words += ["--opt", option]
    if "window" in spec:
        words += ["--window", spec["window"], "--align"]
    return [json.loads(line) for line in run(words, lines).splitlines()]


def seconds(time):
    """Of a time as text, since the start."""
    day, clock = time.rstrip("Z").split("T")
    days = (datetime.date.fromisoformat(day) - datetime.date.fromisoformat(start[:10])).days
    hours, minutes, rest = clock.split(":")
    return days * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(rest)


def label_of(tags, many, field):
    return field if not many else field + " " + ",".join(str(v) for v in tags.values())


def series(points, fields, unit):
    """{label: (times, values)} of each field in each group."""
    points = [p for p in points if "fields" in p]
    groups = {json.dumps(p.get("tags", {}), sort_keys=True) for p in points}
    found = {}
    for field in fields:
        for p in points:
            if field not in p["fields"]:
                continue
            label = label_of(p.get("tags", {}), len(groups) > 1, field)
            times, values = found.setdefault(label, ([], []))
            times.append(seconds(p["time"]) / unit)
            values.append(p["fields"][field])
    return found


def draw(axes, label, times, values, style):
    if all(isinstance(v, bool) for v in values):
        for i, t in enumerate(t for t, v in zip(times, values) if v):
            axes.axvline(t, color="#d62728", linewidth=0.8, alpha=0.7, label=label if i == 0 else None)
    elif style.get("marker"):
        axes.plot(times, values, linestyle="none", label=label, **style)
    else:
        if any(isinstance(v, str) for v in values):
            style = {**style, "drawstyle": "steps-post"}
        axes.plot(times, values, label=label, linewidth=1.1, **style)


def figure(function, spec):
    lines = generated(spec)
    given = through("identity", {"options": [], "group_by": spec.get("group_by", "*")}, lines)
    came = through(function, spec, lines)
    unit = {"seconds": 1, "hours": 3600}[spec.get("unit", "seconds")]
    given, came = ([p for p in points if seconds(p["time"]) >= spec.get("from", 0) * unit] for points in (given, came))
    drawing, (upper, lower) = pyplot.subplots(2, 1, sharex=True, figsize=(8, 4.2), layout="constrained")
    dot = {"marker": "o", "markersize": 3.5}
    for label, (times, values) in series(given, spec.get("input", ["value"]), unit).items():
        draw(upper, label, times, values, dot if spec.get("points_in") else {})
    for label, (times, values) in series(given, spec.get("over", []), unit).items():
        draw(lower, label, times, values, {"color": "#bbbbbb"})
    results = series(came, spec["output"], unit)
    if not results:
        sys.exit(f"plot.py: {function} gave none of the fields {spec['output']}")
    dots = dot if spec.get("dots") else {}
    for label, (times, values) in results.items():
        draw(lower, label, times, values, dots)
    uses = "".join(f".{name}({value})" for name, _, value in (o.partition("=") for o in shown(spec)))
    upper.set_title("in", loc="left", fontsize=9)
    lower.set_title(f"@{function}(){uses}", loc="left", fontsize=9)
    lower.set_xlabel(spec.get("unit", "seconds"))
    for level in spec.get("lines", []):
        lower.axhline(level, color="#888888", linewidth=0.8, linestyle="dashed")
    for axes in (upper, lower):
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=8)
    return drawing


def shown(spec):
    """The options as a TICKscript has them: texts in quotes."""
    for option in spec["options"]:
        name, _, values = option.partition("=")
        words = [v if v[:1].isdigit() or v[:1] in "'-" or v in ("TRUE", "FALSE") else f"'{v}'"
                 for v in values.split(",") if v]
        yield name + "=" + ", ".join(words)


def main():
    specs = tomllib.loads((here / "plots.toml").read_text())
    there = run([programs / "kapacitor-udfd", "--list"]).split()
    for name in sys.argv[1:] or specs:
        if name not in there:
            print(f"plot.py: kapacitor-udfd has no {name}: not drawn", file=sys.stderr)
            continue
        drawing = figure(name, specs[name])
        path = here / f"{name}.svg"
        text = io.StringIO()
        drawing.savefig(text, metadata={"Date": None, "Creator": None})
        pyplot.close(drawing)
        # A hundredth of a point is more than enough.
        path.write_text(re.sub(r"(\d+\.\d\d)\d+", r"\1", text.getvalue()))
        print(f"{path.name}: {path.stat().st_size / 1000:.1f} kB")


if __name__ == "__main__":
    main()
