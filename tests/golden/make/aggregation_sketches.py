"""quantile, cardinality and top_k by NumPy and Counter: exact quantiles, sets, counts.

The series "requests" is of its own: 5000 requests with an address and a duration.
"""

from collections import Counter

import numpy as np
import pandas as pd

from common import ALL, SECOND, START, duration, finite, series, write_case, write_series

EVERY = 60 * SECOND


def stretches(frame, every):
    """(end, rows) of all stretches but the last, which waits for a point beyond it."""
    number = frame.index.to_numpy() // every
    for n in np.unique(number)[:-1]:
        yield (n + 1) * every, frame[number == n]


def rows(pairs):
    pairs = list(pairs)
    return pd.DataFrame([r for _, r in pairs], index=pd.Index([t for t, _ in pairs], name="out_time"))


for name in ALL:
    frame = finite(series(name))
    quantiles = {"quantile_p50": 0.5, "quantile_p95": 0.95, "quantile_p99_9": 0.999}
    options = [["field", "x"], ["every", duration("1m")]]
    write_case("quantile", name, name, options + [["quantile", q] for q in quantiles.values()],
               rows((end, {**{n: np.quantile(part["x"], q) for n, q in quantiles.items()},
                           "quantile_count": len(part)}) for end, part in stretches(frame, EVERY)),
               relative=1e-13)
    write_case("cardinality", name, name, options + [["precision", 12]],
               rows((end, {"cardinality": len(set(part["x"]))}) for end, part in stretches(frame, EVERY)),
               relative=0)

random = np.random.default_rng(21)
n = 5000
requests = pd.DataFrame({
    "tag:host": random.choice(["a", "b"], size=n),
    "url": [f"/{u}" for u in np.minimum(random.zipf(1.3, size=n), 10**6)],
    "ms": np.round(random.lognormal(3, 1.5, size=n), 3),
}, index=pd.Index(START + SECOND // 10 * np.arange(n), name="time"))
write_series("requests", requests)

task = [["perTask"], ["every", duration("5m")]]

# A rank off by up to 0.8 % of all at the median is a value off by up to 4 % in this distribution.
write_case("quantile", "requests", "requests", task + [["field", "ms"], ["quantile", 0.5], ["quantile", 0.99]],
           rows((end, {"quantile_p50": np.quantile(part["ms"], 0.5), "quantile_p99": np.quantile(part["ms"], 0.99),
                       "quantile_count": len(part)}) for end, part in stretches(requests, 5 * EVERY)),
           relative=0.04)
write_case("cardinality", "requests", "requests", task + [["field", "url"], ["precision", 12]],
           rows((end, {"cardinality": float(part["url"].nunique())}) for end, part in stretches(requests, 5 * EVERY)),
           relative=0.05)


def top(weights, k, with_error):
    """The k with the most weight; of equal ones the smaller text first."""
    best = sorted(weights.items(), key=lambda entry: (-entry[1], entry[0]))[:k]
    return [{"top": text, "top_count": w} | ({"top_error": type(w)(0)} if with_error else {}) for text, w in best]


def points(k, with_error, weigh):
    return rows((end, row) for end, part in stretches(requests, 5 * EVERY)
                for row in top(weigh(part), k, with_error))


by_url = task + [["field", "url"], ["valueAsField"]]
write_case("top_k", "exact", "requests", by_url + [["k", 30], ["capacity", 5000]],
           points(30, True, lambda part: Counter(part["url"])))
write_case("top_k", "weighted", "requests", by_url + [["k", 30], ["capacity", 5000], ["weightField", "ms"]],
           points(30, True, lambda part: part.groupby("url")["ms"].sum().to_dict()), relative=1e-12)
# The most frequent ones stand out from what 100 counters may be wrong by.
write_case("top_k", "bounded", "requests", by_url + [["k", 2], ["capacity", 100]],
           points(2, False, lambda part: Counter(part["url"])), relative=0.1)
