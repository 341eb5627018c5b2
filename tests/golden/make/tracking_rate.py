"""rate by pandas: what is computed of a counter that is reset, and of other fields."""

import numpy as np
import pandas as pd

from common import ALL, SECOND, START, duration, finite, series, write_case, write_series


def counters():
    """x: an int beyond 2^53, reset at times; gauge: the ordinary series'."""
    random = np.random.default_rng(21)
    n = 300
    time = START + np.cumsum(1 + (SECOND * random.exponential(size=n)).astype(np.int64))
    up = random.integers(0, 1000, size=n)
    value, values = 2**60, []
    for i in range(n):
        value = int(up[i]) if random.random() < 0.03 else value + int(up[i])
        values.append(value)
    return pd.DataFrame({"x": np.array(values, dtype=np.int64)}, index=pd.Index(time, name="time"))


def steps(x):
    """By Prometheus's rule: a counter that has fallen has counted from 0 on."""
    return x.diff().where(x >= x.shift(), x)


def seconds(time, back=1):
    time = pd.Series(time, index=time)
    elapsed = (time - time.shift(back, fill_value=0)) / SECOND  # as ints: a double has no room for the times
    return elapsed.iloc[back:]


write_series("counter", counters())
x = counters()["x"].astype(object)  # Python's ints: exact
step = pd.Series([b - a if b >= a else b for a, b in zip(x[:-1], x[1:])], index=x.index[1:]).astype(float)
write_case("rate", "counter", "counter", [["field", "x"]],
           (step / seconds(x.index)).to_frame("rate").rename_axis("out_time"), relative=1e-15)

# A period: each point by the slow way.
rows = {}
for i, now in enumerate(x.index):
    inside = [k for k in range(i + 1) if x.index[k] > now - 10 * SECOND]
    if len(inside) > 1:
        rows[now] = step.iloc[inside[0]:i].sum()
write_case("rate", "increase_in_10s", "counter",
           [["field", "x"], ["method", "increase"], ["period", duration("10s")], ["as", "up"]],
           pd.Series(rows).to_frame("up").rename_axis("out_time"), relative=1e-15)

# The last points, all of them.
full = step.rolling(9).sum() / (seconds(x.index, 9) / 60)
part = step.cumsum() / (pd.Series(x.index - x.index[0], index=x.index)[1:] / SECOND / 60)
write_case("rate", "ten_points_per_minute", "counter", [["field", "x"], ["size", 10], ["unit", duration("1m")]],
           full.fillna(part).to_frame("rate").rename_axis("out_time"), relative=1e-13)

for name in ALL:
    y = finite(series(name))["x"]
    if name in ("irregular", "nan_ridden"):
        derivative = y.diff()[1:] / seconds(y.index)
        write_case("rate", f"derivative_{name}", name, [["field", "x"], ["method", "derivative"]],
                   derivative.to_frame("derivative").rename_axis("out_time"), relative=1e-14)
    elif name != "constant":
        write_case("rate", name, name, [["field", "x"]], (steps(y)[1:] / seconds(y.index)).to_frame("rate")
                   .rename_axis("out_time"), relative=1e-14)
