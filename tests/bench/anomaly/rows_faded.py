"""What AUC-PR owes to fading: anomaly_raw stays up for a few points, and labels of KPIs are stretches."""

import hashlib
import inspect
import sys

import numpy

import markdown
from measures import mean_average_precision

FADING = 0.9  # of a score is left at the next point


def faded(scores):
    """The greatest of the scores so far, each times 0.9 for each point since."""
    fall = numpy.arange(len(scores)) * numpy.log(FADING)
    with numpy.errstate(divide="ignore"):
        return numpy.exp(numpy.maximum.accumulate(numpy.log(scores) - fall) + fall)


def area(bench, detector, all_series):
    tried = bench.alternatives(detector, all_series)
    return max(mean_average_precision(all_series, [faded(x) for x in scores]) for scores in tried)


def cell(bench, detector, archive):
    here = hashlib.sha256(inspect.getsource(sys.modules[__name__]).encode()).hexdigest()
    return markdown.each(f"{area_of_part:.3f}" for area_of_part in (
        bench.remember(f"{archive} {here}", detector, part,
                       lambda part=part: area(bench, detector, bench.archive(archive, part)))
        for part in bench.parts))


def rows(bench):
    others = {name: d for name, d in bench.detectors.items() if name != "anomaly"}
    return [[name, *(cell(bench, d, archive) for archive in ("aiops", "wsd"))] for name, d in others.items()]


def auc_faded(bench):
    yield markdown.table("AUC-PR of the others if their scores fade as those of anomaly do", ["", "AIOPS", "WSD"],
                         rows(bench))
