"""Which series the detector was developed on, and which were held out and scored once, at the end.

NAB: the 27 files of nab_development.txt. AIOPS and WSD: a KPI is for development if the SHA-256 of its
name, as a number, is divisible by 3. The name is that of the KPI's folder in the archive, without what is
above it: "05f10d3a-239c-3bef-9bdc-a2feeb0037aa", "13". Synthetic streams: another seed.
"""

import hashlib
import os

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "nab_development.txt")) as names:
    NAB_DEVELOPMENT = frozenset(names.read().split())

SEEDS = {"development": 1, "held out": 2}
PARTS = tuple(SEEDS)


def is_development(series):
    if series.archive.startswith("nab"):
        return series.name in NAB_DEVELOPMENT
    return int(hashlib.sha256(series.name.encode()).hexdigest(), 16) % 3 == 0


def part(all_series, which):
    """Of `all_series` those of the development or of the held-out part."""
    return [s for s in all_series if is_development(s) == (which == "development")]
