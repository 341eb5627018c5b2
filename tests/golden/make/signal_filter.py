"""filter by SciPy's signal package, pandas and statsmodels."""

import numpy as np
from scipy import signal
from statsmodels.tsa.statespace.structural import UnobservedComponents

from common import ALL, duration, finite, series, write_case


def case(name, method, x, options, frame, **tolerance):
    used = [["field", "x"], ["method", method], *options]
    write_case("filter", f"{method}_{name}", name, used, frame, **tolerance)


def butterworth(name, method, corners, order, options):
    x = finite(series(name))["x"]
    sos = signal.butter(order, corners, method, output="sos", fs=1.0)
    y, _ = signal.sosfilt(sos, x, zi=signal.sosfilt_zi(sos) * x.iloc[0])
    # SciPy filters the offset as well, and loses digits by it.
    absolute = 1e-13 * np.abs(x).max() * 100
    case(name, method, x, [*options, ["order", order], ["interval", duration("1s")]],
         x.to_frame("filtered").assign(filtered=y), relative=1e-9, absolute=absolute)


def hampel(x, size, threshold):
    # As it is defined, from an array of its own for every point.
    rows = []
    for end in range(1, len(x) + 1):
        window = x[max(0, end - size):end]
        median = np.median(window)
        bound = threshold * 1.4826 * np.median(np.abs(window - median))
        outlier = abs(x[end - 1] - median) > bound
        rows.append((median if outlier else x[end - 1], bool(outlier)))
    return rows


def savgol(x, size, degree):
    weights = signal.savgol_coeffs(size, degree, pos=size - 1, use="dot")
    full = [weights @ x[end - size:end] for end in range(size, len(x) + 1)]
    first = []
    for end in range(1, size):
        fit = np.polynomial.Polynomial.fit(np.arange(end), x[:end], min(degree, end - 1), domain=[0, size])
        first.append(fit(end - 1))
    return np.array(first + full)


for name in ("regular", "constant", "huge_offset"):
    butterworth(name, "lowpass", 0.1, 4, [["cutoff", 0.1]])
    butterworth(name, "highpass", 0.02, 3, [["cutoff", 0.02]])
butterworth("nan_ridden", "lowpass", 0.3, 1, [["cutoff", 0.3]])
butterworth("regular", "bandpass", [0.05, 0.2], 5, [["low", 0.05], ["high", 0.2]])
butterworth("huge_offset", "bandpass", [0.03, 0.05], 2, [["low", 0.03], ["high", 0.05]])
butterworth("regular", "bandstop", [0.03, 0.06], 8, [["low", 0.03], ["high", 0.06]])
butterworth("nan_ridden", "bandstop", [0.1, 0.4], 3, [["low", 0.1], ["high", 0.4]])

for name in ALL:
    x = finite(series(name))["x"]
    frame = x.to_frame("filtered")
    if name != "irregular":
        case(name, "median", x, [["size", 8]], x.rolling(8, min_periods=1).median().to_frame("filtered"),
             relative=1e-15)
        frame = x.to_frame("filtered")
        rows = hampel(x.to_numpy(), 15, 1.5)
        frame["filtered"] = [row[0] for row in rows]
        frame["filtered_outlier"] = [row[1] for row in rows]
        case(name, "hampel", x, [["size", 15], ["spreads", 1.5]], frame, relative=1e-15)
    if name != "regular":
        frame = x.to_frame("filtered")
        frame["filtered"] = savgol(x.to_numpy(), 21, 3)
        case(name, "savgol", x, [["size", 21], ["degree", 3]], frame, relative=1e-12,
             absolute=1e-11 if name != "huge_offset" else 1e-5)

for name in ("regular", "huge_offset", "nan_ridden"):
    x = finite(series(name))["x"]
    model = UnobservedComponents(x.to_numpy(), "llevel", use_exact_diffuse=True)
    model.ssm.tolerance = 0  # not to take the gain for settled as soon as it hardly changes
    level = model.filter([1.0, 0.1]).filtered_state[0]  # variances: measurement, level
    case(name, "kalman", x, [["processNoise", 0.1], ["measurementNoise", 1.0]],
         x.to_frame("filtered").assign(filtered=level), relative=1e-12)
