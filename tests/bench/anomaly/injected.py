"""Synthetic streams with anomalies: what is put in, and into which streams."""

import dataclasses

import numpy

from synthetic import DAY, WEEK, generator, series, stream


def changed(s, values, at, length):
    """The stream's values with those of `at` and the next ones taken from other values."""
    out = s.values()
    out[at:at + length] = values[at:at + length]
    return out


def added(s, at, length, what):
    out = s.values()
    out[at:at + length] += what
    return out


def flat(s, at):
    out = s.values()
    out[at:at + 72] = out[at - 1]
    return out


def zero(s, at):
    return changed(s, numpy.zeros(len(s.noise)), at, 30)


def without_season(s, at):
    mean = s.season(numpy.arange(WEEK)).mean()
    return changed(s, s.finish(mean + s.noise), at, DAY)


def fast(s, at):
    i = numpy.arange(len(s.noise))
    return changed(s, s.values(at + 3 * (i - at)), at, DAY)


def half_a_day_off(s, at):
    return changed(s, s.values(numpy.arange(len(s.noise)) + DAY // 2), at, 24)


def noisy(s, at):
    middle = numpy.median(s.noise)
    return changed(s, s.finish(s.season(numpy.arange(len(s.noise))) + middle + 3 * (s.noise - middle)), at, 150)


def missing(s, name, at):
    """No points at all for a while: the first one after it tells."""
    left = numpy.delete(numpy.arange(len(s.noise)), numpy.arange(at, at + 60))
    whole = series("injected", name, s.values(), [(at, at)])
    return dataclasses.replace(whole, times=whole.times[left], values=whole.values[left])


ALL = ("sine", "AR and day", "week", "whole and day", "Gaussian", "square", "CPU bursts")
SEASONAL = ("sine", "AR and day", "week", "whole and day")

# By name: length in points, streams, the values with the anomaly at a point, options of @anomaly().
ANOMALIES = {
    "spike, 12 sigma, each 500 points": (1, ("Gaussian", "sine", "AR and day", "week"), None, []),
    "flat line, 72 points": (72, ("Gaussian", "sine", "AR and day", "week", "CPU bursts"), flat, []),
    "missing season, season 7d": (DAY, ("week",), without_season, ["season=7d"]),
    "missing season": (DAY, SEASONAL, without_season, []),
    "spike, 8 sigma": (1, ALL[:-1], lambda s, at: added(s, at, 1, 8 * s.sigma), []),
    "value falls to 0, 30 points": (30, ("sine", "AR and day", "week", "whole and day", "Gaussian"), zero, []),
    "level shift, 6 sigma, 200 points": (200, ALL, lambda s, at: added(s, at, 200, 6 * s.sigma), []),
    "variance x 3, 150 points": (150, ALL, noisy, []),
    "trend to 10 sigma in a day": (DAY, ALL, lambda s, at: added(s, at, DAY, numpy.linspace(0, 10 * s.sigma, DAY)), []),
    "pattern 3 x as fast, a day": (DAY, SEASONAL + ("square",), fast, []),
    "contextual: half a day off, 2 h": (24, SEASONAL, half_a_day_off, []),
    "60 points missing, detectGaps": (60, SEASONAL, missing, ["detectGaps"]),
}
REPEATED = next(iter(ANOMALIES))
COUNTED_FROM = 3  # of repeated spikes the fourth and later


def place(kind, rng, points, length):
    """After the stream has been seen for a while: after two weeks where the week matters."""
    first = points * 6 // 10 if kind == "week" else points // 3
    return int(rng.integers(first, points - length - 20))


def one(anomaly, kind, seed, number, points):
    length, _, change, _ = ANOMALIES[anomaly]
    rng = generator(anomaly, kind, seed, number)
    s = stream(kind, points, seed + 1000, number)
    if anomaly == REPEATED:
        return repeated(s, f"{kind} {seed}.{number}", rng)
    at = place(kind, rng, points, length)
    name = f"{anomaly}: {kind} {seed}.{number}"
    if change is missing:
        return missing(s, name, at)
    if change is half_a_day_off:
        at = furthest(s, at)
    return series("injected", name, change(s, at), [(at, at + length - 1)])


def furthest(s, at):
    """Within a day before `at`, when half a day off makes the most difference for two hours."""
    i = numpy.arange(at - DAY, at)
    apart = numpy.convolve(abs(s.season(i) - s.season(i + DAY // 2)), numpy.ones(24), "valid")
    return int(i[numpy.argmax(apart)])


def repeated(s, name, rng, first=2_000, each=500):
    out = s.values()
    places = numpy.arange(first, len(out) - 50, each)
    places = places + rng.integers(-50, 51, size=len(places))
    out[places] += 12 * s.sigma
    return series("injected", f"{REPEATED}: {name}", out, [(int(at), int(at)) for at in places])


def injected(anomaly, kind, seed, count=40, points=8_000):
    return [one(anomaly, kind, seed, number, points) for number in range(count)]


def counted(anomaly, s):
    """The series' events that count for recall."""
    return s.events[COUNTED_FROM:] if anomaly == REPEATED else s.events
