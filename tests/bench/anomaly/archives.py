"""The labelled archives, read from checkouts that the user names; nothing of them is part of this project.

NAB     github.com/numenta/NAB: 58 files, labelled windows
AIOPS   UTS/AIOPS of github.com/CSTCloudOps/datasets: 29 KPIs, a point each minute or five
WSD     UTS/WSD of the same: 210 KPIs of web services, a point a minute

The KPIs come in a first half, which is history here, and a second half, which is scored; the archive's
makers have filled gaps by linear interpolation.
"""

import csv
import json
import os
import sys

import numpy

from series import Series, stretches
from udf import seconds

NAB_LABELS = os.path.join("labels", "combined_windows.json")


def nab_file(checkout, file, windows):
    with open(os.path.join(checkout, "data", file), newline="") as f:
        rows = [(seconds(row["timestamp"]), float(row["value"])) for row in csv.DictReader(f)]
    times = numpy.array([t for t, _ in rows], dtype=numpy.int64)
    return Series("nab", file, times, numpy.array([x for _, x in rows]), window_points(times, windows))


def window_points(times, windows):
    """As NAB's sweeper walks: a window opens at its first time after the one before it has closed."""
    points, past = [], -1
    for start, end in windows:
        first = next(i for i in numpy.flatnonzero(times == seconds(start)).tolist() if i > past)
        past = int(numpy.flatnonzero(times == seconds(end))[0])
        points.append((first, past))
    return points


def nab(checkout):
    with open(os.path.join(checkout, NAB_LABELS)) as f:
        windows = json.load(f)
    return [nab_file(checkout, file, windows[file]) for file in sorted(windows)]


def kpi(archive, folder, name):
    def both(kind):
        parts = [numpy.load(os.path.join(folder, name, f"{half}{kind}.npy")).ravel() for half in ("train", "test")]
        return numpy.concatenate(parts), len(parts[0])

    values, first = both("")
    labels, _ = both("_label")
    times, _ = both("_timestamp")
    if not numpy.isfinite(values).all():
        sys.exit(f"{os.path.join(folder, name)}: has values that are not finite; expected gaps filled")
    events = halves_apart(stretches(labels > 0), first)
    return Series(archive, name, times.astype(numpy.int64), values.astype(float), events, first)


def halves_apart(events, first):
    """A stretch over the border of the halves counts in each."""
    parts = []
    for begin, end in events:
        if begin < first <= end:
            parts += [(begin, first - 1), (first, end)]
        else:
            parts.append((begin, end))
    return parts


def kpis(archive, checkout):
    folder = os.path.join(checkout, "UTS", archive.upper())
    names = [n for n in sorted(os.listdir(folder)) if os.path.isdir(os.path.join(folder, n))]
    return [kpi(archive, folder, name) for name in names]


def find(checkouts):
    """The folder of each archive: {"nab": ..., "aiops": ..., "wsd": ...}, those that there are."""
    found = {}
    for checkout in checkouts:
        if os.path.isfile(os.path.join(checkout, NAB_LABELS)):
            found["nab"] = checkout
        for archive in ("aiops", "wsd"):
            if os.path.isdir(os.path.join(checkout, "UTS", archive.upper())):
                found[archive] = checkout
        if checkout not in found.values():
            sys.exit(f"{checkout} is no checkout of numenta/NAB or CSTCloudOps/datasets: it has neither {NAB_LABELS} "
                     "nor UTS/AIOPS or UTS/WSD")
    return found


def load(archive, checkout):
    return nab(checkout) if archive == "nab" else kpis(archive, checkout)
