"""moving_stats and correlate by pandas, NumPy and SciPy."""

import numpy as np
import pandas as pd
from scipy import stats

from common import duration, finite, series, write_case

SECOND = 1e9


def short(frame):
    """With twelve digits: what is compared, in smaller files."""
    return frame.apply(lambda column: column.map(lambda c: float(f"{c:.12g}") if isinstance(c, float) else c))


def windows(x, size=None, seconds=None):
    """The values of each point's window, oldest first, with the indices where they are."""
    time = x.index.to_numpy()
    for i in range(len(x)):
        first = 0 if size is None else max(0, i + 1 - size)
        if seconds is not None:
            first = max(first, int(np.searchsorted(time, time[i] - int(seconds * SECOND), side="right")))
        yield x.iloc[first:i + 1]


def each(x, f, **window):
    return pd.Series([f(w) for w in windows(x, **window)], index=x.index)


def timed(x):
    return x.set_axis(pd.to_datetime(x.index))


def by_pandas(x, rolling):
    frame = pd.DataFrame({
        "x_mean": rolling.mean(), "x_stddev": rolling.std(), "x_variance": rolling.var(),
        "x_min": rolling.min(), "x_max": rolling.max(), "x_range": rolling.max() - rolling.min(),
        "x_median": rolling.median(), "x_count": rolling.count(), "x_p90": rolling.quantile(0.9),
    })
    frame["x_count"] = frame["x_count"].astype(int)
    return frame.set_axis(x.index)


def stat_options(frame):
    return [["statistic", name.removeprefix("x_")] for name in frame.columns]


def slope(w, per_second):
    axis = (w.index.to_numpy() - w.index[0]) / SECOND if per_second else np.arange(len(w))
    return stats.linregress(axis, w.to_numpy()).slope if len(set(axis)) > 1 else np.nan


def skewness(w):
    # About the first value: SciPy rounds the mean of values of 1e9 to 1e-7.
    return stats.skew(w - w.iloc[0], bias=False) if len(w) > 2 and np.ptp(w) > 0 else np.nan


# What pandas has, over points and over time. Its sums over huge_offset are not exact enough to compare with.
for name in ("nan_ridden",):
    x = finite(series(name))["x"]
    frame = by_pandas(x, x.rolling(12, min_periods=1))
    write_case("moving_stats", f"{name}_12_points", name, [["field", "x"], ["size", 12], *stat_options(frame)],
               short(frame), relative=1e-10)
x = finite(series("irregular"))["x"]
frame = by_pandas(x, timed(x).rolling("10s"))
write_case("moving_stats", "irregular_10s", "irregular",
           [["field", "x"], ["period", duration("10s")], *stat_options(frame)], short(frame), relative=1e-10)

# NumPy and SciPy of each window by itself.
for name, window, options in (("irregular", {"seconds": 20}, [["period", duration("20s")]]),
                              ("huge_offset", {"size": 25}, [["size", 25]]),
                              ("constant", {"size": 25}, [["size", 25]])):
    x = finite(series(name))["x"]
    per_second = "seconds" in window
    frame = pd.DataFrame({
        "v_sum": each(x, lambda w: w.astype(np.longdouble).sum(), **window).astype(float),
        "v_variance": each(x, lambda w: (w - w.iloc[0]).var(ddof=1) if len(w) > 1 else np.nan, **window),
        "v_first": each(x, lambda w: w.iloc[0], **window),
        "v_last": x,
        "v_mad": each(x, lambda w: stats.median_abs_deviation(w), **window),
        "v_p99.9": each(x, lambda w: np.percentile(w, 99.9), **window),
        "v_p0": each(x, min, **window),
        "v_slope": each(x, lambda w: slope(w, per_second), **window),
        "v_skew": each(x, skewness, **window),
    })
    write_case("moving_stats", f"{name}_by_windows", name,
               [["field", "x"], ["as", "v"], *options, *[["statistic", c.removeprefix("v_")] for c in frame.columns]],
               short(frame), relative=1e-9, absolute=1e-9)

# One field, one stat, and a name: it is just that.
x = finite(series("regular"))["x"]
write_case("moving_stats", "one", "regular", [["field", "x"], ["as", "top"], ["statistic", "p95"], ["size", 50]],
           each(x, lambda w: np.percentile(w, 95), size=50).to_frame("top"), relative=1e-15)
skew = x.rolling(30, min_periods=3).skew()
write_case("moving_stats", "skew", "regular", [["field", "x"], ["statistic", "skew"], ["statistic", "count"], ["size", 30]],
           pd.DataFrame({"x_skew": skew, "x_count": x.rolling(30, min_periods=1).count().astype(int)}),
           relative=1e-9, absolute=1e-10)


def line(both, **window):
    rows = []
    for xs in windows(both["x"], **window):
        ys = both["y"].loc[xs.index]
        if np.ptp(xs.to_numpy()) > 0:
            fit = stats.linregress(xs, ys)
            rows.append((fit.rvalue if np.ptp(ys.to_numpy()) > 0 else np.nan, fit.slope, fit.intercept, len(xs)))
        else:
            rows.append((np.nan, np.nan, np.nan, len(xs)))
    names = ["correlation", "correlation_slope", "correlation_intercept", "correlation_count"]
    return short(pd.DataFrame(rows, columns=names, index=both.index))


for name in ("constant", "nan_ridden"):
    write_case("correlate", name, name, [["x", "x"], ["y", "y"], ["size", 20]], line(finite(series(name)), size=20),
               relative=1e-9, absolute=1e-10)
write_case("correlate", "irregular", "irregular", [["x", "x"], ["y", "y"], ["period", duration("30s")]],
           line(finite(series("irregular")), seconds=30), relative=1e-9, absolute=1e-10)
# The intercept is some 1e9 · slope: its digits after the point are not worth comparing.
write_case("correlate", "huge_offset", "huge_offset", [["x", "x"], ["y", "y"], ["size", 20]],
           line(finite(series("huge_offset")), size=20), relative=1e-6, absolute=1e-8)
