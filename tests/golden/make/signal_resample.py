"""resample by pandas: reindex, interpolation over the index, resample."""

import numpy as np
import pandas as pd

from common import duration, finite, series, write_case


def grid(index, step):
    return pd.Index(np.arange(-(-index[0] // step) * step, index[-1] + 1, step), name="out_time")


def case(name, method, step, options, frame):
    frame = frame.dropna(how="all")
    write_case("resample", f"{method}_{name}", name,
               [["field", "x"], *options, ["every", {"ns": step}], ["method", method]], frame,
               relative=1e-12)


for name, step, limit in (("irregular", 700_000_000, "2s"), ("nan_ridden", 1_300_000_000, "500ms"),
                          ("regular", 2_000_000_000, "10s")):
    x = finite(series(name))["x"]
    reach = pd.Timedelta(limit).value
    times = grid(x.index, step)
    before = x.reindex(times, method="ffill", tolerance=reach)
    case(name, "previous", step, [["maxFill", duration(limit)]], before.to_frame("x"))

for name, step in (("irregular", 700_000_000), ("nan_ridden", 1_300_000_000)):
    both = finite(series(name))
    x = both["x"]
    times = grid(x.index, step)
    # From the first time on: pandas computes with the index as doubles.
    x.index = x.index - times[0]
    union = x.reindex(x.index.union(times - times[0]))
    line = union.interpolate(method="index").loc[times - times[0]].to_frame("x")
    line.index = times
    case(name, "linear", step, [["maxFill", duration("1h")]], line)

for name, step in (("irregular", 3_000_000_000), ("nan_ridden", 1_500_000_000), ("regular", 7_000_000_000)):
    x = finite(series(name))["x"]
    stamped = pd.Series(x.to_numpy(), index=pd.to_datetime(x.index))
    mean = stamped.resample(pd.Timedelta(step), origin="epoch").mean()
    frame = mean.to_frame("x")
    frame.index = pd.Index(frame.index.view("int64"), name="out_time")
    if name == "nan_ridden":  # filled as far as two intervals
        frame["x_filled"] = frame["x"].isna()
        frame["x"] = frame["x"].ffill(limit=2)
        frame.loc[frame["x"].isna(), "x_filled"] = None
        options = [["maxFill", {"ns": 2 * step}], ["markFilled"]]
    else:
        options = [["maxFill", duration("0s")]]
    # The last interval is not over yet.
    case(name, "mean", step, options, frame.iloc[:-1].astype(object).where(frame.iloc[:-1].notna(), np.nan))
