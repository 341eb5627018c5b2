"""The rows of the synthetic streams: false alarms on clean ones, what is found in others, the first hours."""

import functools

import numpy

import injected as with_anomalies
import markdown
import synthetic
from measures import AFTER, once_in

FIRST = 10_000  # points
START = 1_000  # points
COMPARED = 4  # of the clean streams of a kind, where all detectors are compared
WITH_ANOMALIES = 5  # likewise of the streams with anomalies
PEERS_FALSE = 3  # per 10,000 clean points, where a peer's threshold has to be set


def alarms_of(bench, detector, all_series, threshold, more=()):
    """For each series the points at which it alarms. threshold: of peers; functions have their own."""
    if bench.is_function(detector):
        flags = [a["alarm"] > 0 for a in bench.answers(detector, all_series, more)]
    else:
        flags = [x >= threshold for x in bench.scores(detector, all_series)]
    return [once_in(numpy.flatnonzero(f)) for f in flags]


def threshold(scores, per_10k=PEERS_FALSE):
    """With that many alarms, counted once in 80 points, on these clean streams."""
    pooled = numpy.unique(numpy.concatenate(scores))
    wanted = per_10k * sum(len(x) for x in scores) / 10_000
    low, high = 0, len(pooled)
    while low < high:
        middle = (low + high) // 2
        many = sum(len(once_in(numpy.flatnonzero(x >= pooled[middle]))) for x in scores)
        low, high = (low, middle) if many <= wanted else (middle + 1, high)
    return pooled[low] if low < len(pooled) else numpy.inf


@functools.cache
def kind_threshold(bench, detector, kind, part):
    """A peer's best case: the threshold is set for this kind of stream, which nobody can know."""
    if bench.is_function(detector):
        return None
    return threshold(bench.scores(detector, bench.clean(kind, part)[:COMPARED]))


@functools.cache
def common_threshold(bench, detector, part):
    if bench.is_function(detector):
        return None
    everything = [s for kind in synthetic.KINDS for s in bench.clean(kind, part)[:COMPARED]]
    return threshold(bench.scores(detector, everything))


def clean_rates(bench, detector, part, count=None):
    return bench.remember(f"clean {count}", detector, part, lambda: rates_of(bench, detector, part, count))


def rates_of(bench, detector, part, count):
    """Of so many series of each kind (all), by kind: (alarms per 10,000 in the first 10,000 points, later, share that alarms at the start)."""
    limit = common_threshold(bench, detector, part)
    rates = {}
    for kind in synthetic.KINDS:
        all_series = bench.clean(kind, part)[:count]
        alarms = alarms_of(bench, detector, all_series, limit)
        later = len(all_series[0]) - FIRST
        rates[kind] = (numpy.mean([(a < FIRST).sum() for a in alarms]) / FIRST * 10_000,
                       numpy.mean([(a >= FIRST).sum() for a in alarms]) / later * 10_000,
                       float(numpy.mean([(a < START).any() for a in alarms])))
    return rates


def clean(bench):
    yield markdown.table(f"Clean streams, {bench.clean_series} of each kind: alarms per 10,000 points, the first 10,000 and later", ["", *bench.parts],
                         by_kind(bench))
    header = ["mean / worst kind", "first 10,000", "later"]
    yield markdown.table(f"Clean streams, {COMPARED} of each kind, all detectors; a peer has one threshold for all kinds, so that it alarms "
                         f"{PEERS_FALSE} times in 10,000 points", header,
                         [clean_row(bench, name) for name in bench.detectors])


def by_kind(bench):
    rates = [clean_rates(bench, bench.functions["anomaly"], part) for part in bench.parts]
    return [[kind, *(f"{r[kind][0]:.1f} / {r[kind][1]:.1f}" for r in rates)] for kind in synthetic.KINDS]


def clean_row(bench, name):
    cells = []
    for part in bench.parts:
        rates = list(clean_rates(bench, bench.detectors[name], part, COMPARED).values())
        cells.append([f"{numpy.mean(x):.1f} / {max(x):.1f}" for x in list(zip(*rates))[:2]])
    return [name, *(markdown.each(c) for c in zip(*cells))]


def recall(bench, detector, anomaly, kind, part, count):
    """(found, of how many)"""
    options = tuple(with_anomalies.ANOMALIES[anomaly][3]) if detector is bench.functions["anomaly"] else ()
    all_series = bench.injected(anomaly, kind, part)[:count]
    limit = kind_threshold(bench, detector, kind, part)
    found = of = 0
    for s, at in zip(all_series, alarms_of(bench, detector, all_series, limit, options)):
        for first, last in with_anomalies.counted(anomaly, s):
            of += 1
            found += bool(((at >= first) & (at <= last + AFTER)).any())
    return found, of


def recalls(bench, detector, anomaly, part, count=None):
    return bench.remember(f"{anomaly} {bench.series_of_a_kind} {count}", detector, part,
                          lambda: recalls_of(bench, detector, anomaly, part, count))


def recalls_of(bench, detector, anomaly, part, count):
    """Of so many series of each (all), by kind of stream, and of all of them."""
    counts = {kind: recall(bench, detector, anomaly, kind, part, count)
              for kind in with_anomalies.ANOMALIES[anomaly][1]}
    found, of = (sum(x) for x in zip(*counts.values()))
    return found / of, {kind: f / n for kind, (f, n) in counts.items()}


def by_stream(bench):
    detector = bench.functions["anomaly"]
    for anomaly in with_anomalies.ANOMALIES:
        found = [recalls(bench, detector, anomaly, part) for part in bench.parts]
        kinds = ", ".join(f"{kind} {markdown.each([f'{100 * f[1][kind]:.0f}' for f in found])}" for kind in found[0][1])
        yield [anomaly, *(markdown.percent(f[0]) for f in found), kinds]


def injected(bench):
    yield markdown.table(f"What anomaly finds, {bench.series_of_a_kind} series of each stream", ["", *bench.parts, "by stream, %"],
                         by_stream(bench))
    names = list(with_anomalies.ANOMALIES)
    rows = [[name, *(markdown.each([f"{100 * recalls(bench, d, a, part, WITH_ANOMALIES)[0]:.0f}"
                                      for part in bench.parts]) for a in names)] for name, d in bench.detectors.items()]
    yield markdown.table(f"What is found, %, {WITH_ANOMALIES} series of each stream; a peer has for each kind of stream the threshold at which it alarms "
                         f"{PEERS_FALSE} times in 10,000 clean points", ["", *names], rows)


def startup_of(bench, detector, part, count):
    clean_share = numpy.mean([rate[2] for rate in clean_rates(bench, detector, part, count).values()])
    limit = common_threshold(bench, detector, part)
    real = [s for archive in ("aiops", "wsd") for s in bench.archive(archive, part) if not s.labels[:START].any()]
    shares = [(a < START).any() for a in alarms_of(bench, detector, real, limit)]
    return clean_share, float(numpy.mean(shares)) if shares else float("nan"), len(real)


def startup(bench):
    rows = []
    for name, detector in bench.functions.items():
        count = None if name == "anomaly" else COMPARED
        found = [bench.remember("startup", detector, part, lambda part=part: startup_of(bench, detector, part, count))
                 for part in bench.parts]
        rows.append([name, markdown.each([markdown.percent(f[0]) for f in found]),
                     markdown.each([f"{markdown.percent(f[1])} of {f[2]}" for f in found])])
    yield markdown.table("Series that alarm within their first 1,000 points",
                         ["", "clean streams", "KPIs without a label there"], rows)
