"""What is compared: the functions of kapacitor-udfd over the wire, and the peers. Each answer is kept in a
folder, so that a run that was interrupted goes on where it was."""

import hashlib
import inspect
import os

import numpy
import pandas

import peers

NOTHING = ({},)
MOST_POINTS = 300_000  # that go through one process
KEPT_AS = {"raw": numpy.float32, "alarm": numpy.int8}


def numbers(answers, field):
    """NaN where a point has no such field."""
    return numpy.array([a.get(field, numpy.nan) for a in answers], dtype=float)


def of_anomaly(answers, _):
    return {"score": numbers(answers, "anomaly_score"), "raw": numbers(answers, "anomaly_raw"),
            "alarm": numbers(answers, "anomaly_is_anomaly")}


def of_outlier_score(answers, _):
    score = numpy.nan_to_num(abs(numbers(answers, "outlier_score")))
    return {"score": score, "raw": score, "alarm": numbers(answers, "outlier_is_anomaly")}


def of_change_point(answers, _):
    score = numpy.nan_to_num(numbers(answers, "change_score"))
    return {"score": score, "raw": score, "alarm": numbers(answers, "change_changed")}


def of_forecast(answers, series):
    """Half widths of the bounds that were forecast for a point, from their middle."""
    low, high = (pandas.Series(numbers(answers, f"forecast_{side}")).ffill().shift(1).to_numpy()
                 for side in ("lower", "upper"))
    off, half = abs(series.values - (low + high) / 2), (high - low) / 2
    with numpy.errstate(invalid="ignore", divide="ignore"):
        score = numpy.nan_to_num(numpy.where(off > 0, off / half, 0.0), nan=0.0, posinf=1e9)
    return {"score": score, "raw": score, "alarm": score > 1}


def forecast_options(series):
    step = max(1, round(series.interval()))
    season = ["season=24h"] if 2 <= 86_400 / step <= 2016 else []
    return [f"interval={step}s", "confidence=0.9999", "beta=0.0", *season]


def no_options(_):
    return []


class Function:
    """One of kapacitor-udfd. `options`: of a series; `always`: of all."""

    def __init__(self, programs, name, judge, options=no_options, always=()):
        self.programs, self.name, self.judge, self._options, self.always = programs, name, judge, options, always

    def options(self, series):
        return [*self.always, *self._options(series)]

    def identity(self):
        return "/".join([self.name, self.programs.version(), self._options.__name__, *self.always])

    def key(self, series, more):
        return "/".join([self.name, self.programs.version(), *self.options(series), *more])

    def batches(self, all_series):
        """Those that go through one process: with the same options, and not too many points."""
        batch, points, options = [], 0, None
        for s in all_series:
            if batch and (points + len(s) > MOST_POINTS or self.options(s) != options):
                yield batch
                batch, points = [], 0
            batch.append(s)
            points, options = points + len(s), self.options(s)
        if batch:
            yield batch

    def run(self, batch, more):
        answers = self.programs.answers(self.name, batch, [*self.options(batch[0]), *more])
        return [self.judge(a, s) for a, s in zip(answers, batch)]


class Peer:
    """`settings`: of which the best counts, where that is asked for."""

    def __init__(self, function, settings=NOTHING):
        self.function, self.settings = function, settings

    def key(self, series, more):
        return f"{self.identity()}/{more!r}"

    def identity(self):
        text = inspect.getsource(peers)
        return f"{self.function.__name__}/{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def batches(self, all_series):
        return ([s] for s in all_series)

    def run(self, batch, more):
        return [{"score": self.function(s, **dict(more))} for s in batch]


class Cache:
    def __init__(self, folder):
        self.folder = folder

    def answers(self, detector, all_series, more=()):
        """more: of a function further options; of a peer a setting."""
        paths = {s.key: self._path(detector, s, more) for s in all_series}
        missing = [s for s in all_series if not os.path.exists(paths[s.key])]
        for batch in detector.batches(missing):
            for s, answers in zip(batch, detector.run(batch, more)):
                self._keep(paths[s.key], answers)
        return [self._load(paths[s.key]) for s in all_series]

    def _path(self, detector, series, more):
        data = hashlib.sha256(series.values.tobytes() + series.times.tobytes()).hexdigest()[:16]
        key = hashlib.sha256(f"{detector.key(series, more)}/{series.key}/{series.first}/{data}".encode()).hexdigest()
        return os.path.join(self.folder, key[:2], key + ".npz")

    @staticmethod
    def _load(path):
        with numpy.load(path) as found:
            return {name: found[name].astype(float) for name in found.files}

    @staticmethod
    def _keep(path, answers):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        part = f"{path}.{os.getpid()}.part"
        with open(part, "wb") as f:
            numpy.savez_compressed(f, **{name: x.astype(KEPT_AS.get(name, float)) for name, x in answers.items()})
        os.replace(part, path)


def functions(programs, options):
    """Of kapacitor-udfd, by the name they have in the table. `options`: those for @anomaly()."""
    return {
        "anomaly": Function(programs, "anomaly", of_anomaly, always=options),
        "anomaly, onlyNew": Function(programs, "anomaly", of_anomaly, always=[*options, "onlyNew"]),
        "outlier_score, robust, size 500": Function(programs, "outlier_score", of_outlier_score,
                                                    always=["method=robust", "size=500"]),
        "change_point, cusum": Function(programs, "change_point", of_change_point),
        "forecast, outside its bounds": Function(programs, "forecast", of_forecast, forecast_options),
    }


def all_peers():
    windows = ({"window": 1}, {"window": 5}, {"window": 12})
    return {
        "x − median of the last 12": Peer(peers.last_median),
        "S-H-ESD, online": Peer(peers.seasonal_hybrid_esd, ({}, {"days": 7}, {"spread": 1.0})),
        "EW Gaussian, memory 2000": Peer(peers.ew_gaussian),
        "river GaussianScorer": Peer(peers.river_gaussian, ({}, {"window": 250})),
        "adtk PersistAD": Peer(peers.adtk_persist, windows),
        "random": Peer(peers.blind),
        "metronome": Peer(peers.metronome),
    }
