"""state by plain Python over the whole series."""

import bisect

import numpy as np
import pandas as pd

from common import SECOND, START, duration, finite, series, write_case, write_series


def latched(values, levels, hysteresis, below=False):
    """Names of the levels, each of them a switch of its own."""
    sign = -1 if below else 1
    on = [False] * len(levels)
    for x in values:
        for i, (_, threshold) in enumerate(levels):
            if sign * x >= sign * threshold:
                on[i] = True
            elif sign * x < sign * threshold - hysteresis:
                on[i] = False
        yield next((name for (name, _), is_on in zip(reversed(levels), reversed(on)) if is_on), "ok")


def believed(times, names, points=1, time=0):
    """For each point: the state, the index of its first point, whether it has changed."""
    state, first, run = names[0], 0, 0
    for i, name in enumerate(names):
        if i and name != names[i - 1]:
            run = i
        changed = name != state and i - run + 1 >= points and times[i] - times[run] >= time
        if changed:
            state, first = name, run
        yield state, first, changed


def rows(times, names, window=None, flapping=None, **belief):
    result, changes = [], []
    for i, (state, first, changed) in enumerate(believed(times, names, **belief)):
        row = {"state": state, "state_duration": (times[i] - times[first]) / SECOND,
               "state_count": i - first + 1, "state_changed": changed}
        if changed:
            changes.append(times[i])
        if window:
            row["state_changes"] = len(changes) - bisect.bisect_right(changes, times[i] - window)
        if flapping:
            row["state_flapping"] = row["state_changes"] >= flapping
        result.append(row)
    return pd.DataFrame(result)


levels = [("warn", 11.0), ("crit", 13.0)]
as_options = [["level", name, threshold] for name, threshold in levels]
for name in ("irregular", "nan_ridden"):
    frame = finite(series(name))
    names = list(latched(frame["x"], levels, 0.75))
    write_case("state", f"levels_{name}", name, [["field", "x"], *as_options, ["hysteresis", 0.75]],
               rows(frame.index, names), relative=1e-15)

frame = series("irregular")
low = [("warn", 9.0), ("crit", 7.0)]
names = list(latched(frame["x"], low, 0.5, below=True))
write_case("state", "below_irregular", "irregular",
           [["field", "x"], *[["level", *l] for l in low], ["direction", "below"], ["hysteresis", 0.5],
            ["minPoints", 2], ["minDuration", duration("1s")], ["changesWithin", duration("30s")], ["flapping", 3]],
           rows(frame.index, names, window=30 * SECOND, flapping=3, points=2, time=SECOND), relative=1e-15)

random = np.random.default_rng(22)
time = START + np.cumsum((SECOND * random.exponential(size=200)).astype(np.int64))
texts = [["up", "down", "unreachable for a long time"][k] for k in np.repeat(random.integers(0, 3, 100), 2)]
write_series("states", pd.DataFrame({"x": texts}, index=pd.Index(time, name="time")))
write_case("state", "texts", "states", [["field", "x"], ["minPoints", 3], ["changesWithin", duration("1m")]],
           rows(list(time), texts, window=60 * SECOND, points=3), relative=1e-15)
