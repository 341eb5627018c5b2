"""outlier_score by pandas, NumPy and SciPy."""

import numpy as np
import pandas as pd
from scipy import stats

from common import duration, finite, series, write_case

MOST = 1e6
WARMUP = 10


def judged(x, low, high, spread, known, threshold):
    """The rows expected of points x, each with the usual range and the number of points before it."""
    rows = []
    for value, a, b, s, n in zip(x, low, high, spread, known):
        if n < 2:
            rows.append((None, None, None, False))
            continue
        lower, upper = a - threshold * s, b + threshold * s
        off = value - b if value > b else value - a if value < a else 0.0
        score = 0.0 if off == 0 else np.copysign(MOST, off) if s == 0 else np.clip(off / s, -MOST, MOST)
        rows.append((score, lower, upper, bool(n >= WARMUP and (value < lower or value > upper))))
    names = ["outlier_score", "outlier_lower", "outlier_upper", "outlier_is_anomaly"]
    # With twelve digits: what is compared, in smaller files.
    rows = [[float(f"{c:.12g}") if isinstance(c, float) else c for c in row] for row in rows]
    return pd.DataFrame(rows, columns=names, index=x.index, dtype=object)


def spiky(name):
    return finite(series(name))["x"]


def before(x, f, size=None, seconds=None):
    """f of the window as each point's predecessor left it; NaN where that has less than two points."""
    time = x.index.to_numpy()
    result = []
    for i in range(len(x)):
        last = i - 1
        first = 0 if size is None else max(0, last + 1 - size)
        if seconds is not None and i > 0:
            first = max(first, int(np.searchsorted(time, time[last] - int(seconds * 1e9), side="right")))
        w = x.to_numpy()[first:last + 1]
        result.append(f(w) if len(w) > 1 else np.nan)
    return result


def known(x, **window):
    return [0 if np.isnan(n) else int(n) for n in before(x, len, **window)]


def write(method, name, options, x, low, high, spread, n, threshold, absolute=1e-9):
    write_case("outlier_score", f"{method}_{name}", name, [["field", "x"], ["method", method], *options],
               judged(x, low, high, spread, n, threshold), relative=1e-9, absolute=absolute)


for name, window, options in (("regular", {"size": 30}, [["size", 30]]),
                              ("huge_offset", {"size": 30}, [["size", 30]]),
                              ("constant", {"size": 30}, [["size", 30]]),
                              ("irregular", {"seconds": 20}, [["period", duration("20s")]])):
    x = spiky(name)
    n = known(x, **window)
    mean = before(x, np.mean, **window)
    # Of values of 1e9, the mean is a multiple of 1.2e-7.
    write("zscore", name, [*options, ["spreads", 2.0]], x, mean, mean,
          before(x, lambda w: w.std(ddof=1), **window), n, 2.0, absolute=1e-6 if name == "huge_offset" else 1e-9)
    if name != "regular":
        continue
    median = before(x, np.median, **window)
    write("robust", name, [*options, ["spreads", 2.5]], x, median, median,
          before(x, lambda w: 1.4826 * stats.median_abs_deviation(w), **window), n, 2.5)

x = spiky("irregular")
q1 = before(x, lambda w: np.percentile(w, 25), seconds=20)
q3 = before(x, lambda w: np.percentile(w, 75), seconds=20)
write("tukey", "irregular", [["period", duration("20s")], ["spreads", 0.5]], x, q1, q3, np.subtract(q3, q1),
      known(x, seconds=20), 0.5)

for name in ("nan_ridden",):
    x = spiky(name)
    ewm = x.ewm(alpha=0.2, adjust=False)
    mean = ewm.mean().shift(1)
    write("ewma", name, [["alpha", 0.2], ["spreads", 2.0]], x, mean, mean, ewm.std(bias=True).shift(1),
          range(len(x)), 2.0)

# By age: weights written out.
x = spiky("irregular")
time = x.index.to_numpy()
mean, spread = [np.nan], [np.nan]
for i in range(len(x) - 1):
    weights = 0.5 ** ((time[i] - time[:i + 1]) / 8e9)
    values = x.to_numpy()[:i + 1]
    mean.append(np.average(values, weights=weights))
    spread.append(np.sqrt(np.average((values - mean[-1]) ** 2, weights=weights)))
write("ewma", "irregular", [["halfLife", duration("8s")], ["spreads", 1.5]], x, mean, mean, spread, range(len(x)), 1.5)
