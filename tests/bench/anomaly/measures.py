"""How alarms and scores are judged; the same for every detector.

Alarms count once in 80 points: after one, those of the next 80 points are the same alarm. An event is
found by an alarm from its first point until 10 points after its last one; any other alarm is false.
"""

import dataclasses

import numpy

REST = 80  # points
AFTER = 10  # points


@dataclasses.dataclass
class Counts:
    """What the alarms of several series are worth."""

    events: int = 0
    found: int = 0
    alarms: int = 0
    false: int = 0
    points: int = 0

    def __add__(self, other):
        return Counts(*(a + b for a, b in zip(dataclasses.astuple(self), dataclasses.astuple(other))))

    @property
    def recall(self):
        return self.found / self.events if self.events else float("nan")

    @property
    def precision(self):
        return 1 - self.false / self.alarms if self.alarms else float("nan")

    @property
    def false_per_10k(self):
        return self.false / self.points * 10_000


def once_in(indices, rest=REST):
    """Of ascending indices each that comes more than `rest` after the last one kept."""
    kept, at = [], 0
    while at < len(indices):
        kept.append(indices[at])
        at = numpy.searchsorted(indices, indices[at] + rest, side="right")
    return numpy.array(kept, dtype=numpy.int64)


def count(series, alarms):
    """alarms: for each point of the series. Those before series.first are not looked at."""
    at = once_in(numpy.flatnonzero(alarms[series.first:]) + series.first)
    events = series.scored_events
    true = numpy.zeros(len(at), dtype=bool)
    found = 0
    for first, last in events:
        low, high = numpy.searchsorted(at, [first, last + AFTER + 1])
        true[low:high] = True
        found += high > low
    return Counts(len(events), int(found), len(at), int((~true).sum()), len(series) - series.first)


def count_all(all_series, alarms):
    return sum((count(s, a) for s, a in zip(all_series, alarms)), Counts())


def at_threshold(all_series, scores, threshold):
    return count_all(all_series, [s >= threshold for s in scores])


def threshold_for(all_series, scores, false_per_10k):
    """The lowest threshold, one for all series, with at most so many false alarms: (threshold, Counts)."""
    pooled = numpy.unique(numpy.concatenate([x[s.first:] for s, x in zip(all_series, scores)]))
    low, high = 0, len(pooled)  # too many at low - 1, few enough at high
    best = numpy.inf, at_threshold(all_series, scores, numpy.inf)
    while low < high:
        middle = (low + high) // 2
        counts = at_threshold(all_series, scores, pooled[middle])
        if counts.false_per_10k <= false_per_10k:
            best, high = (pooled[middle], counts), middle
        else:
            low = middle + 1
    return best


def by_own_quantile(series, scores, quantile=0.999):
    """Scores in units of what the detector itself says on the first half."""
    unit = numpy.quantile(scores[:series.first], quantile) if series.first else 0
    return scores / unit if unit > 0 else scores


def found_at(all_series, scores, false_per_10k):
    """Counts at that many false alarms: the better of the scores as they are and by their own quantile."""
    own = [by_own_quantile(s, x) for s, x in zip(all_series, scores)]
    return max((threshold_for(all_series, x, false_per_10k)[1] for x in (scores, own)), key=lambda c: c.recall)


def average_precision(labels, scores):
    """The area below precision by recall, by steps; NaN if nothing is labelled."""
    if not labels.any():
        return float("nan")
    order = numpy.argsort(-scores, kind="stable")
    last_of_equal = numpy.append(numpy.flatnonzero(numpy.diff(scores[order]) != 0), len(order) - 1)
    true = numpy.cumsum(labels[order])[last_of_equal]
    return float(numpy.sum(numpy.diff(true, prepend=0) / true[-1] * true / (last_of_equal + 1)))


def mean_average_precision(all_series, scores):
    """Over the series that have a label in their scored part: each has the same weight."""
    each = [average_precision(s.labels[s.first:], x[s.first:]) for s, x in zip(all_series, scores)]
    return float(numpy.nanmean(each)) if each else float("nan")
