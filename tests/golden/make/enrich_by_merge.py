"""enrich by pandas: a left join of points with a table, read by pandas as well."""

import numpy as np
import pandas as pd
from common import FOLDER, SECOND, START, write_case, write_series

TABLE = FOLDER / "series" / "enrich_hosts.csv"

random = np.random.default_rng(8)
rows = pd.DataFrame({
    "host": [f"h{i}" for i in range(40)],
    "site": random.choice(["north", "south"], 40),
    "rack": [f"r{i % 7} row {i}" for i in range(40)],
    "units": random.integers(1, 42, 40),
    "watt": np.round(random.normal(300, 50, 40), 1),
    "spare": random.random(40) < 0.3,
})
rows.to_csv(TABLE, index=False, lineterminator="\r\n") if pd.__version__ >= "1.5" else rows.to_csv(
    TABLE, index=False, line_terminator="\r\n")

n = 300
points = pd.DataFrame({
    "tag:host": [f"h{i}" for i in random.integers(0, 50, n)],
    "tag:site": random.choice(["north", "south"], n),
    "x": random.normal(size=n),
}, index=pd.Index(START + SECOND * np.arange(n), name="time"))
write_series("enrich_points", points)


def joined(on):
    table = pd.read_csv(TABLE).add_prefix("t_")
    left = points.rename(columns={"tag:host": "host", "tag:site": "site"})
    both = left.merge(table, how="left", left_on=on, right_on=["t_" + k for k in on])
    return both.set_index(points.index.rename("out_time"))


def column(x, convert):
    return pd.Series([None if pd.isna(v) else convert(v) for v in x], index=x.index, dtype=object)


def case(name, on, extra):
    both = joined(on)
    found = both["t_host"].notna()
    out = pd.DataFrame({
        "tag:host": both["host"], "tag:rack": both["t_rack"].fillna(""), "x": both["x"],
        "u": column(both["t_units"], int), "watt": column(both["t_watt"], float), "spare": column(both["t_spare"], bool),
    })
    options = [["file", {"file": "series/enrich_hosts.csv"}]] + [["key", k] for k in on] + [
        ["addTag", "rack"], ["addField", "units as u"], ["addField", "watt"], ["addField", "spare"]] + extra
    if ["missing", "drop"] in extra:
        out = out[found]
    write_case("enrich", name, "enrich_points", options, out, relative=0.0)


case("by_host", ["host"], [["missing", "drop"]])
case("by_host_and_site", ["host", "site"], [])
