"""NAB's score of several files, as its own scorer has it, fast enough to be tried at every threshold."""

import dataclasses
import json
import os

import numpy

PROFILES = ("standard", "reward_low_FP_rate", "reward_low_FN_rate")


def costs_of(checkout):
    """{profile: {"tpWeight": ..., "fpWeight": ..., "fnWeight": ...}}"""
    with open(os.path.join(checkout, "config", "profiles.json")) as f:
        return {name: profile["CostMatrix"] for name, profile in json.load(f).items()}


def probation(points):
    return min(int(0.15 * points), 750)


def scaled_sigmoid(position):
    bounded = numpy.minimum(position, 3.0)
    return numpy.where(position > 3, -1.0, 2 / (1 + numpy.exp(5 * bounded)) - 1)


def without_early_windows(series):
    """Of a file that NAB did not label: a window that begins during the probation cannot be asked for."""
    events = [(first, last) for first, last in series.events if first >= probation(len(series))]
    return dataclasses.replace(series, events=events)


class File:
    """What an alarm at each point of a file is worth."""

    def __init__(self, series):
        points = numpy.arange(len(series))
        self.window = numpy.full(len(series), -1)
        self.worth = numpy.full(len(series), -1.0)
        for number, (first, last) in enumerate(series.events):
            width = last - first + 1
            inside = slice(first, last + 1)
            self.window[inside] = number
            self.worth[inside] = scaled_sigmoid((points[inside] - last - 1) / width) / scaled_sigmoid(-1.0)
            with numpy.errstate(divide="ignore"):
                self.worth[last + 1:] = scaled_sigmoid((points[last + 1:] - last) / (width - 1.0))
        self.windows = len(series.events)
        self.judged = points >= probation(len(series))
        self.judged_windows = len(set(self.window[self.judged].tolist()) - {-1})

    def steps(self, scores, cost):
        """(score, what the total changes by when the threshold falls to it), for each judged point."""
        order = numpy.flatnonzero(self.judged)
        order = order[numpy.argsort(-scores[order], kind="stable")]
        window, worth = self.window[order], self.worth[order]
        change = numpy.where(window < 0, worth * cost["fpWeight"], 0.0)
        for number in range(self.windows):
            inside = numpy.flatnonzero(window == number)
            best = numpy.maximum.accumulate(numpy.maximum(worth[inside] * cost["tpWeight"], -cost["fnWeight"]))
            change[inside] = numpy.diff(best, prepend=-cost["fnWeight"])
        return scores[order], change

    def gain(self, scores, threshold, cost):
        """Beyond the score of a detector that never alarms."""
        at, change = self.steps(scores, cost)
        return float(change[at >= threshold].sum())

    def most(self, cost):
        """What the perfect detector gains: NAB counts all windows for it, silence loses the judged ones."""
        return self.windows * cost["tpWeight"] + self.judged_windows * cost["fnWeight"]


class Corpus:
    def __init__(self, all_series, costs):
        self.files = [File(s) for s in all_series]
        self.costs = costs

    def _both(self, scores, threshold, profile):
        cost = self.costs[profile]
        gains = numpy.array([f.gain(x, threshold, cost) for f, x in zip(self.files, scores)])
        return gains, numpy.array([f.most(cost) for f in self.files])

    def score(self, scores, threshold, profile="standard"):
        gains, most = self._both(scores, threshold, profile)
        return 100 * gains.sum() / most.sum()

    def error(self, scores, threshold, profile="standard", times=20_000):
        """Standard error of the score if other files of the kind had been taken: bootstrap over the files."""
        gains, most = self._both(scores, threshold, profile)
        taken = numpy.random.default_rng(1).integers(len(gains), size=(times, len(gains)))
        return float(numpy.std(100 * gains[taken].sum(axis=1) / most[taken].sum(axis=1)))

    def best(self, scores, profile="standard"):
        """(threshold, score) at the threshold that is best for these files."""
        cost = self.costs[profile]
        at, change = (numpy.concatenate(x) for x in zip(*(f.steps(s, cost) for f, s in zip(self.files, scores))))
        order = numpy.argsort(-at, kind="stable")
        totals = numpy.cumsum(change[order])
        ends = numpy.append(numpy.flatnonzero(numpy.diff(at[order]) != 0), len(order) - 1)
        most = sum(f.most(cost) for f in self.files)
        top = ends[numpy.argmax(totals[ends])]
        if totals[top] <= 0:
            return float("inf"), 0.0
        return float(at[order][top]), float(100 * totals[top] / most)
