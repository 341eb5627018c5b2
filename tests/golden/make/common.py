"""What the makers of golden files share: the series that go in, and how a case is written."""

import csv
import json
import math
import pathlib

import numpy as np
import pandas as pd

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "data" / "golden"
START = 1_600_000_000_000_000_000  # ns since 1970
SECOND = 1_000_000_000


def duration(text):
    """A duration as an option's argument: duration('10s')."""
    return {"ns": int(pd.Timedelta(text).value)}


def _series():
    random = np.random.default_rng(20)
    n = 400
    every_second = START + SECOND * np.arange(n)
    noise = random.normal(size=n)
    wave = 10 + 3 * np.sin(2 * np.pi * np.arange(n) / 24)
    with_holes = wave + noise
    with_holes[random.random(n) < 0.05] = np.nan
    with_holes[random.random(n) < 0.02] = np.inf
    with_holes[random.random(n) < 0.02] = -np.inf
    other = 2 - 0.5 * noise + 0.3 * random.normal(size=n)
    steps = np.maximum(1, (SECOND * random.exponential(size=n)).astype(np.int64))
    return {
        "regular": (every_second, wave + noise, other),
        "irregular": (START + np.cumsum(steps), wave + noise, other),
        "constant": (every_second, np.full(n, 7.25), np.full(n, -1.0)),
        "huge_offset": (every_second, 1e9 + wave + noise, 1e9 + other),
        "nan_ridden": (START + np.cumsum(steps), with_holes, other),
    }


def _text(x):
    if x is None:
        return ""
    if isinstance(x, (bool, np.bool_)):
        return "true" if x else "false"
    if isinstance(x, (int, np.integer)):
        return f"{x}i"
    if isinstance(x, str):
        return f"'{x}'"
    return repr(float(x))


def series(name):
    """The series as a DataFrame: index time (ns), columns x and y."""
    time, x, y = _series()[name]
    return pd.DataFrame({"x": x, "y": y}, index=pd.Index(time, name="time"))


def finite(frame):
    """Only the rows whose x is a finite number: what the functions compute with."""
    return frame[np.isfinite(frame["x"])]


def write_series(name, frame):
    """A series of one's own: index time, any columns ("tag:host" is a tag, "batch" numbers batches)."""
    path = FOLDER / "series" / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["time", *frame.columns])
        for time, row in zip(frame.index, frame.itertuples(index=False)):
            cells = [c if n.startswith("tag:") or n == "batch" else _text(c) for n, c in zip(frame.columns, row)]
            writer.writerow([time, *cells])


def write_case(function, case, series_name, options, rows, relative=1e-9, absolute=0.0):
    """rows: a DataFrame, a row for each point expected. None and NaN: the point lacks the field.

    With the index named "out_time" the points' times are compared as well.
    """
    path = FOLDER / function / f"{case}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {"series": series_name, "options": options, "relative": relative, "absolute": absolute}
    timed = rows.index.name == "out_time"
    with path.open("w", newline="") as out:
        out.write("# " + json.dumps(about) + "\n")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow((["time"] if timed else []) + list(rows.columns))
        for time, row in zip(rows.index, rows.itertuples(index=False)):
            cells = ["" if isinstance(c, float) and math.isnan(c) else _text(c) for c in row]
            writer.writerow(([time] if timed else []) + cells)


def write_all_series():
    for name in _series():
        write_series(name, series(name))


ALL = ("regular", "irregular", "constant", "huge_offset", "nan_ridden")
