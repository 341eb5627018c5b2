"""spectrum by NumPy's rfft and SciPy's periodogram."""

import numpy as np
from scipy import signal

from common import SECOND, duration, series, write_case


def rows(x, size, every, window, bands):
    shape = signal.get_window("boxcar" if window == "none" else window, size)
    for end in range(size, len(x) + 1, every):
        part = x[end - size:end]
        found = np.abs(np.fft.rfft((part - part.mean()) * shape))
        frequencies, density = signal.periodogram(part, 1.0, shape, detrend="constant")
        top = 1 + np.argmax(density[1:])
        power = density / size
        both = 1 if 2 * top == size else 2
        yield (frequencies[top], both * found[top] / shape.sum(),
               *(power[1:][(frequencies[1:] >= low) & (frequencies[1:] < high)].sum() for _, low, high in bands))


def case(name, size, every, window, bands):
    frame = series(name)
    names = ["spectrum_frequency", "spectrum_amplitude", *("spectrum_" + band[0] for band in bands)]
    table = np.array(list(rows(frame["x"].to_numpy(), size, every, window, bands)))
    out = frame.iloc[size - 1::every][["x"]].copy()
    for i, column in enumerate(names):
        out[column] = table[:, i]
    out.index.name = "out_time"
    write_case("spectrum", f"{window}_{size}_{name}", name,
               [["field", "x"], ["size", size], ["everyCount", every], ["taper", window],
                ["interval", duration("1s")], *(["band", *band] for band in bands)],
               out[names], relative=1e-11 if name == "regular" else 1e-6)


bands = [["slow", 0.0, 0.1], ["fast", 0.1, 0.6]]
case("regular", 64, 8, "hann", bands)
case("regular", 100, 25, "blackman", bands)
case("regular", 37, 10, "none", bands)
case("regular", 150, 50, "hamming", [["top", 0.5, 0.6]])
case("huge_offset", 128, 16, "hann", bands)
