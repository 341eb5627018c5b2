"""aggregate by pandas: resample for windows that do not overlap, slices for those that do."""

import pandas as pd

from common import ALL, SECOND, duration, finite, series, write_case

WHAT = ("count", "sum", "mean", "min", "max", "first", "last", "std", "var")
NAMES = {"std": "stddev", "var": "variance"}


def named(frame):
    """count, sum, ... of x, named as `aggregate` does."""
    return frame.rename(columns={w: "x_" + NAMES.get(w, w) for w in frame.columns})


def timed(frame):
    frame.index = pd.Index(frame.index.astype("int64"), name="out_time")
    return frame


for name in ALL:
    x = finite(series(name))["x"]
    x.index = pd.to_datetime(x.index)
    options = [["aggregate", NAMES.get(w, w), "x"] for w in WHAT]
    tolerance = 1e-7 if name == "huge_offset" else 1e-12  # pandas' variance of large numbers

    windows = x.resample("10s", closed="left", label="right", origin="epoch").agg(list(WHAT))
    windows = windows[(windows["count"] > 0) & (windows.index <= x.index[-1])]
    write_case("aggregate", name, name, [["period", duration("10s")]] + options,
               timed(named(windows)), relative=tolerance)

    rows, every, period = [], 4 * SECOND, 20 * SECOND
    times = x.index.astype("int64")
    for end in range(times[0] // every * every, times[-1] + 1, every):
        inside = x[(times >= end - period) & (times < end)]
        if len(inside):
            rows.append(inside.groupby(lambda _, end=end: pd.Timestamp(end)).agg(list(WHAT)))
    sliding = pd.concat(rows)
    write_case("aggregate", name + "_sliding", name,
               [["period", duration("20s")], ["every", duration("4s")]] + options,
               timed(named(sliding)), relative=tolerance)
