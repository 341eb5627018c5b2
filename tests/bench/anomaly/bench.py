"""What the rows of the table are made of: series by part, answers by detector."""

import functools
import hashlib
import json
import os
import sys

import archives
import injected
import split
import synthetic
from detectors import NOTHING, Cache, all_peers, functions
from udf import Programs

NO_MEASURE = ("table.py", "bench.py", "markdown.py", "environment.py", "row_cost.py", "measures_test.py",
              "udf.py", "detectors.py", "peers.py", "requirements.txt", "rows_faded.py")


def chosen(detectors, begins):
    """Those whose name begins with one of `begins`, and @anomaly(), which every table has; all if it is empty."""
    wanted = ("anomaly", *begins)
    return {name: d for name, d in detectors.items() if not begins or name.startswith(wanted)}


@functools.cache
def sources():
    """What the measures depend on beside the answers."""
    here = os.path.dirname(os.path.abspath(__file__))
    digest = hashlib.sha256()
    for name in sorted(os.listdir(here)):
        if name.endswith((".py", ".txt")) and name not in NO_MEASURE:
            with open(os.path.join(here, name), "rb") as f:
                digest.update(f.read())
    return digest.hexdigest()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    part = f"{path}.{os.getpid()}.part"
    with open(part, "w") as f:
        f.write(text)
    os.replace(part, path)


class Bench:
    """given: the arguments of table.py"""

    def __init__(self, given):
        self.checkouts = archives.find(given.checkouts)
        self.parts = split.PARTS if given.held_out else split.PARTS[:1]
        self.series_of_a_kind, self.clean_series = given.series, given.clean
        self.programs = Programs(given.bin)
        self.functions = chosen(functions(self.programs, given.option), given.detector)
        self.peers = chosen(all_peers(), given.detector)
        self.cache = Cache(os.path.join(given.work, "answers"))
        self.measures = os.path.join(given.work, "measures")

    @property
    def detectors(self):
        return {**self.functions, **self.peers}

    def is_function(self, detector):
        return detector in self.functions.values()

    @functools.cached_property
    def _loaded(self):
        return {}

    def archive(self, name, part):
        """[] if no checkout has it."""
        if name not in self.checkouts:
            return []
        if name not in self._loaded:
            self._loaded[name] = archives.load(name, self.checkouts[name])
        return split.part(self._loaded[name], part)

    @functools.cache
    def clean(self, kind, part):
        return synthetic.clean(kind, split.SEEDS[part], self.clean_series)

    @functools.cache
    def injected(self, anomaly, kind, part):
        return injected.injected(anomaly, kind, split.SEEDS[part], self.series_of_a_kind)

    def answers(self, detector, all_series, more=()):
        """For each series {"score": ..., of functions also "raw" and "alarm"}, an array each."""
        if sys.stderr.isatty() and all_series:
            print(f"\r\033[K{all_series[0].key}", end="", file=sys.stderr)
        return self.cache.answers(detector, all_series, more)

    def scores(self, detector, all_series, more=()):
        return [a["score"] for a in self.answers(detector, all_series, more)]

    def settings(self, detector):
        """Of a peer, as what is handed to answers()."""
        return [tuple(sorted(s.items())) for s in getattr(detector, "settings", NOTHING)]

    def remember(self, what, detector, part, compute):
        """The measure of that name, from an earlier run if neither detector nor measures have changed."""
        key = "/".join([sources(), what, detector.identity(), repr(self.settings(detector)), part])
        path = os.path.join(self.measures, hashlib.sha256(key.encode()).hexdigest() + ".json")
        if not os.path.exists(path):
            write(path, json.dumps(compute()))
        with open(path) as f:
            return json.load(f)

    def alternatives(self, detector, all_series):
        """Scores to take the better of: of a function score and raw, of a peer those of its settings."""
        if self.is_function(detector):
            answers = self.answers(detector, all_series)
            return [[a[which] for a in answers] for which in ("score", "raw")]
        return [self.scores(detector, all_series, setting) for setting in self.settings(detector)]
