"""The rows of the Numenta Anomaly Benchmark, forwards and backwards."""

import os
import sys

import numpy
import pandas

import markdown
from measures import once_in
from nab_score import PROFILES, Corpus, costs_of, probation, without_early_windows
from series import backwards

# Detectors whose results are in NAB's checkout, by the name of their folder there.
PUBLISHED = {"ARTime": "ARTime", "Numenta HTM": "numenta", "CAD OSE": "contextOSE"}
BUILT_IN = 0.5
TRIED = 1 - numpy.logspace(-4.5, -1, 40)  # quantiles, as thresholds with a rest


def length_told(series):
    return (f"warmup={probation(len(series))}", f"eventPoints={probation(len(series))}")


def rested(scores, threshold, points):
    """1 at each alarm that does not come within a fifth of the probation after another."""
    kept = numpy.zeros(len(scores))
    kept[once_in(numpy.flatnonzero(scores >= threshold), probation(points) // 5)] = 1
    return kept


def in_own_units(all_series, scores):
    units = [numpy.quantile(x[:probation(len(s))], 0.999) for s, x in zip(all_series, scores)]
    return [x / u if u > 0 else x for x, u in zip(scores, units)]


def candidates(all_series, scores):
    """(scores, threshold or None: the best one) to take the best of."""
    for one in (scores, in_own_units(all_series, scores)):
        yield one, None
        for threshold in numpy.unique(numpy.quantile(numpy.concatenate(one), TRIED)):
            yield [rested(x, threshold, len(s)) for s, x in zip(all_series, one)], BUILT_IN


class Judge:
    """One part of the files."""

    def __init__(self, all_series, checkout):
        self.series = all_series
        self.checkout = checkout
        self.corpus = Corpus(all_series, costs_of(checkout))

    def at(self, scores, threshold):
        """threshold None: for each profile the best."""
        values = [self.corpus.score(scores, threshold, p) if threshold else self.corpus.best(scores, p)[1]
                  for p in PROFILES]
        error = self.corpus.error(scores, threshold or self.corpus.best(scores)[0])
        return values, error

    def best(self, alternatives):
        tried = [c for scores in alternatives for c in candidates(self.series, scores)]
        value = [self.corpus.score(s, t) if t else self.corpus.best(s)[1] for s, t in tried]
        return self.at(*tried[int(numpy.argmax(value))])


def cell(found):
    values, error = found
    return " / ".join(f"{v:.1f}" for v in values) + f" ± {error:.1f}"


def check(judge, scores):
    """That NAB's own code says the same."""
    sys.path.insert(0, os.path.abspath(judge.checkout))
    from nab.sweeper import Sweeper

    for profile in PROFILES:
        cost = judge.corpus.costs[profile]
        theirs = 0
        for s, x, file in zip(judge.series, scores, judge.corpus.files):
            sweeper = Sweeper(probationPercent=0.15, costMatrix=cost)
            times = s.times.tolist()
            windows = [(times[first], times[last]) for first, last in s.events]
            row = sweeper.scoreDataSet(times, x.tolist(), windows, s.name, BUILT_IN)[1]
            theirs += row.score + file.judged_windows * cost["fnWeight"]
        theirs *= 100 / sum(f.most(cost) for f in judge.corpus.files)
        ours = judge.corpus.score(scores, BUILT_IN, profile)
        if abs(theirs - ours) > 0.01:
            sys.exit(f"{profile}: NAB's own scorer says {theirs:.3f}, nab_score.py {ours:.3f}")


def parts(bench, turn=lambda s: s):
    """The judges of each part, and of all files if both are asked for."""
    of = [bench.archive("nab", part) for part in bench.parts]
    if len(of) > 1:
        of.append([s for part in of for s in part])
    return [Judge([turn(s) for s in all_series], bench.checkouts["nab"]) for all_series in of]


def header(bench):
    return ["", *bench.parts, *(["all"] if len(bench.parts) > 1 else [])]


def told_scores(bench, all_series):
    return [bench.answers(bench.functions["anomaly"], [s], length_told(s))[0]["score"] for s in all_series]


def of_anomaly(bench, judges):
    function = bench.functions["anomaly"]
    for judge in judges:
        check(judge, bench.scores(function, judge.series))
    yield "anomaly", [j.at(bench.scores(function, j.series), BUILT_IN) for j in judges]
    yield "anomaly, warmup and eventPoints of NAB", [j.at(told_scores(bench, j.series), BUILT_IN) for j in judges]


def of_functions(bench, judges):
    yield from of_anomaly(bench, judges)
    for name, function in bench.functions.items():
        if name == "anomaly":
            continue
        alarms = [[a["alarm"] for a in bench.answers(function, j.series)] for j in judges]
        yield f"{name}, its alarms", [j.at(a, BUILT_IN) for j, a in zip(judges, alarms)]
        yield f"{name}, best threshold", best(bench, function, judges, lambda j: [bench.scores(function, j.series)])


def best(bench, detector, judges, alternatives):
    return [bench.remember(f"best on {j.series[0].archive}", detector, str(len(j.series)),
                           lambda j=j: j.best(alternatives(j))) for j in judges]


def of_peers(bench, judges):
    for name, peer in bench.peers.items():
        yield name, best(bench, peer, judges, lambda j: bench.alternatives(peer, j.series))


def published(bench, judges):
    for name, folder in PUBLISHED.items():
        yield f"{name}, its published results", [j.at([results(j.checkout, folder, s) for s in j.series], None)
                                                 for j in judges]


def results(checkout, detector, series):
    folder, file = series.name.split("/")
    path = os.path.join(checkout, "results", detector, folder, f"{detector}_{file}")
    if not os.path.exists(path):
        sys.exit(f"{path} is missing: a whole checkout of NAB has it")
    return pandas.read_csv(path)["anomaly_score"].to_numpy()


def nab(bench):
    judges = parts(bench)
    rows = [*of_functions(bench, judges), *published(bench, judges), *of_peers(bench, judges)]
    yield markdown.table("NAB: standard / low FP / low FN ± standard error of the first", header(bench),
                         [[name, *(cell(f) for f in found)] for name, found in rows])


def reversed_nab(bench):
    judges = parts(bench, lambda s: without_early_windows(backwards(s)))
    rows = [*of_functions(bench, judges), *of_peers(bench, judges)]
    yield markdown.table("NAB from the end to the beginning", header(bench),
                         [[name, *(cell(f) for f in found)] for name, found in rows])
