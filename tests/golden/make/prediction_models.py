"""forecast by statsmodels' Holt and ExponentialSmoothing, time_to by NumPy's polyfit."""

import warnings

import numpy as np
import pandas as pd
from common import ALL, SECOND, duration, finite, series, write_case
from statsmodels.tsa.holtwinters import ExponentialSmoothing, Holt

warnings.simplefilter("ignore")
H = 5  # intervals ahead


def level_and_trend(y, alpha, beta):
    """Without a season: lines of least squares through all points so far, then Holt's method."""
    n = next(n for n in range(2, len(y)) if 2 * (2 * n - 1) / (n * (n + 1)) <= alpha)
    rows = [(y[0], np.nan)]
    for k in range(2, n):
        slope, value = np.polyfit(np.arange(k) - (k - 1), y[:k], 1)
        last = np.polyfit(np.arange(k - 1) - (k - 2), y[: k - 1], 1) if k > 2 else (0, y[0])
        rows.append((value + H * slope, y[k - 1] - last[0] - last[1]))
    fit = Holt(y[n - 1:], initialization_method="known", initial_level=value, initial_trend=slope)
    fit = fit.fit(smoothing_level=alpha, smoothing_trend=beta, optimized=False)
    for k in range(len(y) - n + 1):
        rows.append((fit.level[k] + H * fit.trend[k], fit.resid[k]))
    return pd.DataFrame(rows, columns=["forecast", "forecast_residual"])


def with_season(y, alpha, beta, gamma, phi, m, kind):
    """The first season as it comes, then the method of Holt and Winters, from a known beginning."""
    rows = []
    for k in range(m):
        seen = (k + H) % m <= k
        rows.append((y[(k + H) % m] if seen else y[: k + 1].mean(), y[k] - y[:k].mean() if k else np.nan))
    level = y[:m].mean()
    first = y[:m] - level if kind == "add" else y[:m] / level
    fit = ExponentialSmoothing(y[m:], trend="add", damped_trend=phi < 1, seasonal=kind, seasonal_periods=m,
                               initialization_method="known", initial_level=level, initial_trend=0.0, initial_seasonal=first)
    fit = fit.fit(smoothing_level=alpha, smoothing_trend=beta, smoothing_seasonal=gamma,
                  damping_trend=phi if phi < 1 else None, optimized=False)
    ahead = np.sum(phi ** np.arange(1, H + 1))
    season = np.concatenate([first, fit.season])
    for k in range(len(y) - m):
        # Of the season, the latest that is known by then: position k + H, or whole seasons earlier.
        place = m + k + H
        while place > m + k:
            place -= m
        base, factor = fit.level[k] + ahead * fit.trend[k], season[place]
        rows.append((base + factor if kind == "add" else base * factor, fit.resid[k]))
    return pd.DataFrame(rows, columns=["forecast", "forecast_residual"])


def line(frame, size, threshold, most):
    rows = []
    for k in range(1, len(frame)):
        part = frame.iloc[max(0, k + 1 - size): k + 1]
        t = (part.index.to_numpy() - part.index[-1]) / SECOND
        slope, value = np.polyfit(t, part["x"] - part["x"].iloc[-1], 1)
        value += part["x"].iloc[-1]
        left = (threshold - value) / slope if slope else np.inf
        reached = bool(0 < left <= most)
        rows.append((left if reached else np.nan, slope, reached))
    return pd.DataFrame(rows, columns=["time_to", "time_to_slope", "time_to_reachable"])


for name in ("regular", "constant", "huge_offset"):
    y = series(name)["x"].to_numpy()
    base = [["field", "x"], ["interval", duration("1s")], ["horizon", duration(f"{H}s")], ["alpha", 0.2]]
    tolerance = {"relative": 1e-12, "absolute": 1e-5 if name == "huge_offset" else 1e-9}
    write_case("forecast", f"trend_{name}", name, base + [["beta", 0.1], ["unlimited"]],
               level_and_trend(y, 0.2, 0.1), **tolerance)
    for kind, word, phi in (("add", "additive", 0.95), ("mul", "multiplicative", 1.0)):
        options = base + [["beta", 0.05], ["gamma", 0.3], ["season", duration("24s")], ["seasonality", word],
                          ["damping", phi]]
        write_case("forecast", f"{word}_{name}", name, options,
                   with_season(y, 0.2, 0.05, 0.3, phi, 24, kind), **tolerance)

for name in ALL:
    if name == "constant":
        continue
    x = finite(series(name))
    offset = 1e9 if name == "huge_offset" else 0.0
    options = [["field", "x"], ["threshold", offset + 12.0], ["size", 20], ["horizon", duration("1000s")]]
    write_case("time_to", name, name, options,
               line(x, 20, offset + 12.0, 1000), relative=1e-6, absolute=1e-6)
