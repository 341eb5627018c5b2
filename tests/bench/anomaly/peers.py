"""Other detectors, each strictly online but for what it may learn from the history: a score for each point.

Where it has parameters, the table takes the best of several settings, see detectors.py.
"""

import warnings
import zlib

import numpy
import pandas

from nab_score import probation

EW_MEMORY = 2_000  # points
MEDIAN_POINTS = 12
METRONOME_PART = 25  # of a series


def history_of(series):
    """Points that a detector may be fitted to before it is scored."""
    return series.first or probation(len(series))


def ew_gaussian(series):
    """|x − mean| in standard deviations, both exponentially weighted over the points before."""
    past = pandas.Series(series.values).ewm(alpha=1 / EW_MEMORY)
    mean, deviation = past.mean().shift(1), past.std().shift(1)
    return scaled(abs(series.values - mean), deviation)


def scaled(distance, unit):
    """0 where nothing is known yet; a difference from what was constant is a large one."""
    least = 1e-9 * numpy.nanmax(distance, initial=0) + 1e-12
    return numpy.nan_to_num((distance / numpy.maximum(unit, least)).to_numpy(), nan=0.0, posinf=0.0)


def last_median(series):
    """|x − median of the last 12|."""
    x = pandas.Series(series.values)
    return numpy.nan_to_num(abs(x - x.rolling(MEDIAN_POINTS, min_periods=1).median().shift(1)).to_numpy())


def season_of(x, points, days=7):
    """The median of the same time of the last seven days, as many as there are; 0 on the first."""
    season = numpy.zeros(len(x))
    for day in range(1, len(x) // points + 2):
        at = numpy.arange(day * points, min((day + 1) * points, len(x)))
        if len(at):
            season[at] = numpy.median([x[at - back * points] for back in range(1, min(day, days) + 1)], axis=0)
    return season


def seasonal_hybrid_esd(series, days=1, spread=0.0):
    """x − season − median in median absolute deviations: S-H-ESD with a window of days instead of a file.

    spread: the deviation is taken for at least so many standard deviations of the window
    Source: O. Vallis, J. Hochenbaum, A. Kejariwal, A Novel Technique for Long-Term Anomaly Detection in
            the Cloud, HotCloud 2014
    """
    day = max(24, round(86_400 / series.interval()))
    rest = pandas.Series(series.values - season_of(series.values, day))
    off = abs(rest - before(rest, days * day).median().shift(1))
    deviation = 1.4826 * before(off, days * day).median().shift(1)
    least = spread * before(rest, days * day).std().shift(1) if spread else 0.0
    return scaled(off, numpy.maximum(deviation, least))


def before(x, points):
    return x.rolling(points, min_periods=MEDIAN_POINTS)


def river_gaussian(series, window=None):
    """river's anomaly.GaussianScorer, as it comes."""
    from river import anomaly

    detector = anomaly.GaussianScorer(window_size=window)
    scores = numpy.empty(len(series))
    for i, x in enumerate(series.values.tolist()):
        try:
            scores[i] = detector.score_one(None, x)
        except TypeError:  # its variance over a window may come out negative
            scores[i] = 0
        detector.learn_one(None, x)
    return scores


def adtk_persist(series, window=1):
    """What adtk's PersistAD compares: x and the median of those before, by the quartiles of the history."""
    from adtk.transformer import DoubleRollingAggregate

    x = pandas.Series(series.values, index=pandas.date_range("2000-01-01", periods=len(series), freq="1min"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        off = DoubleRollingAggregate(agg="median", window=(window, 1), center=False, diff="l1").transform(x)
    low, high = off.iloc[:history_of(series)].quantile([0.25, 0.75])
    return scaled(pandas.Series(off.to_numpy()), high + 3 * (high - low))


def blind(series):
    """Random numbers."""
    return numpy.random.default_rng(zlib.crc32(series.key.encode())).random(len(series))


def metronome(series):
    """An alarm at each 25th part of a series, whatever is in it: the floor of any figure."""
    every = max(1, len(series) // METRONOME_PART)
    return (numpy.arange(len(series)) % every == every // 2).astype(float)
