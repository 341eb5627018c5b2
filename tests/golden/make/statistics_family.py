"""moving_average and ewma by pandas."""

from common import ALL, finite, series, write_case

for name in ALL:
    x = finite(series(name))["x"]
    write_case("moving_average", name, name, [["field", "x"], ["size", 10]],
               x.rolling(10, min_periods=1).mean().to_frame("avg"), relative=1e-12)
    write_case("ewma", name, name, [["field", "x"], ["alpha", 0.3]],
               x.ewm(alpha=0.3, adjust=False).mean().to_frame("ewma"), relative=1e-12)
