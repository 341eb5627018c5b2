"""ewma by span and by half-life, with standard deviation and bands, by pandas and NumPy."""

import numpy as np
import pandas as pd

from common import START, duration, finite, series, write_case


def by_definition(x, weights):
    """The unbiased standard deviation of x: Σ v (x − mean)² / (1 − Σ v²), Σ v = 1."""
    v = weights / weights.sum()
    if len(x) < 2:
        return np.nan
    mean = (v * x).sum()
    return np.sqrt((v * (x - mean) ** 2).sum() / (1 - (v**2).sum()))


for name in ("irregular", "huge_offset", "constant"):
    x = finite(series(name))["x"]
    offset = 1e9 if name == "huge_offset" else 0  # pandas loses half of its digits to it
    by_span = (x - offset).ewm(span=20, adjust=False)
    rows = pd.DataFrame({"ewma": by_span.mean() + offset, "ewma_stddev": by_span.std()})
    rows["ewma_lower"] = rows["ewma"] - 3 * rows["ewma_stddev"]
    rows["ewma_upper"] = rows["ewma"] + 3 * rows["ewma_stddev"]
    write_case("ewma", f"bands_{name}", name, [["field", "x"], ["span", 20], ["stddev"], ["bands", 3.0]], rows,
               relative=1e-12, absolute=1e-13)

# pandas computes its weighted standard deviations without the times, so it is taken by its definition.
for name in ("irregular", "nan_ridden"):
    frame = finite(series(name))
    since_start = pd.to_datetime(frame.index - START)  # pandas takes the times as doubles
    mean = frame["x"].ewm(halflife="5s", times=since_start).mean()
    x, time = frame["x"].to_numpy(), frame.index.to_numpy()
    weights = [np.exp2(-(time[i] - time[: i + 1]) / 5e9) for i in range(len(x))]
    stddev = [by_definition(x[: i + 1], w) for i, w in enumerate(weights)]
    write_case("ewma", f"half_life_{name}", name, [["field", "x"], ["halfLife", duration("5s")], ["stddev"]],
               pd.DataFrame({"ewma": mean, "ewma_stddev": stddev}, index=frame.index), relative=1e-11)
