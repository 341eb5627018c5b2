"""Synthetic streams, clean and with anomalies whose place is known; a point each five minutes.

A stream is a season (a function of the number of the point) and noise, put together by `finish`. An
anomaly changes one of the three, so that what is "three times as fast" or "missing" keeps its noise.
"""

import dataclasses
import zlib

import numpy

from series import Series

INTERVAL = 300  # seconds
START = 1_690_000_000 - 1_690_000_000 % 86_400
DAY = 86_400 // INTERVAL
WEEK = 7 * DAY


def no_season(i):
    return numpy.zeros(len(i))


def no_finish(x):
    return x


@dataclasses.dataclass
class Stream:
    """sigma: what a spike of "8 sigma" is 8 of, the deviation of the noise."""

    noise: numpy.ndarray
    sigma: float
    season: object = no_season
    finish: object = no_finish

    def values(self, points=None, scale=1.0):
        i = numpy.arange(len(self.noise)) if points is None else points
        return self.finish(self.season(i) + self.noise * scale)


def autoregressive(rng, n, phi):
    steps, x = rng.normal(size=n), numpy.empty(n)
    last = steps[0] / numpy.sqrt(1 - phi * phi)
    for i in range(n):
        last = x[i] = phi * last + steps[i] if i else last
    return x


def daily(amplitude, phase, level=0.0):
    return lambda i: level + amplitude * numpy.sin(2 * numpy.pi * (i + phase) / DAY)


def weekly(phase):
    def season(i):
        weekend = (i + phase) % WEEK // DAY >= 5
        return 12 + numpy.where(weekend, 4.0, 10.0) * numpy.sin(2 * numpy.pi * (i + phase) / DAY)
    return season


def square(period, amplitude, phase):
    return lambda i: amplitude * numpy.where((i + phase) % period < period // 2, 1.0, -1.0)


def bursts(rng, n):
    busy = numpy.zeros(n)
    for at in numpy.flatnonzero(rng.random(n) < 1 / 200):
        busy[at:at + 1 + rng.geometric(0.1)] = rng.exponential(30)
    return busy


def cron(i, phase):
    return 5 + 20.0 * ((i + phase) % (DAY // 4) < 3)


def counter(rng, n, phase):
    rate = 100 * (1 + 0.5 * numpy.sin(2 * numpy.pi * (numpy.arange(n) + phase) / DAY))
    return numpy.cumsum(rng.poisson(rate)).astype(float)


def whole(x):
    return numpy.maximum(0, numpy.rint(x))


def percent(x):
    return numpy.clip(x, 0, 100)


def steps(rng, n, each):
    return each * numpy.arange(n)


# A function of (random numbers, points, phase in points) for each kind of clean stream.
KINDS = {
    "Gaussian": lambda r, n, p: Stream(10 + r.normal(size=n), 1),
    "AR(1) 0.9": lambda r, n, p: Stream(autoregressive(r, n, 0.9), 2.3),
    "AR and day": lambda r, n, p: Stream(autoregressive(r, n, 0.7), 1.4, daily(10, p, 14)),
    "sine": lambda r, n, p: Stream(r.normal(size=n), 1, daily(10, p, 12)),
    "lognormal": lambda r, n, p: Stream(numpy.exp(0.5 * r.normal(size=n)), 0.6),
    "Poisson 0.7": lambda r, n, p: Stream(r.poisson(0.7, n).astype(float), 0.84),
    "square": lambda r, n, p: Stream(0.5 * r.normal(size=n), 0.5, square(48, 5, p)),
    "random walk": lambda r, n, p: Stream(numpy.cumsum(r.normal(size=n)), 1),
    "week": lambda r, n, p: Stream(r.normal(size=n), 1, weekly(p)),
    "t, 3 degrees": lambda r, n, p: Stream(r.standard_t(3, n), 1.7),
    "trend": lambda r, n, p: Stream(r.normal(size=n), 1, lambda i: 0.001 * i),
    "trend and day": lambda r, n, p: Stream(r.normal(size=n), 1, lambda i: 0.001 * i + daily(10, p)(i)),
    "counter": lambda r, n, p: Stream(counter(r, n, p), 10),
    "whole and day": lambda r, n, p: Stream(r.normal(size=n), 1, daily(6, p, 8), whole),
    "mostly zero": lambda r, n, p: Stream(numpy.where(r.random(n) < 0.1, numpy.exp(r.normal(size=n)), 0), 0.7),
    "sawtooth": lambda r, n, p: Stream(0.5 * r.normal(size=n), 0.5, lambda i: (i + p) % 200 * 0.1),
    "cron": lambda r, n, p: Stream(r.normal(size=n), 1, lambda i: cron(i, p)),
    "CPU bursts": lambda r, n, p: Stream(10 + r.normal(size=n) + bursts(r, n), 1, finish=percent),
}


def generator(*what):
    """Random numbers of their own for each stream, the same on every machine."""
    return numpy.random.default_rng([zlib.crc32(str(w).encode()) for w in what])


def stream(kind, points, seed, number):
    rng = generator("stream", kind, points, seed, number)
    return KINDS[kind](rng, points, int(rng.integers(WEEK)))


def series(archive, name, values, events=()):
    times = START + INTERVAL * numpy.arange(len(values), dtype=numpy.int64)
    return Series(archive, name, times, values, list(events))


def clean(kind, seed, count=12, points=30_000):
    return [series("clean", f"{kind} {seed}.{k}", stream(kind, points, seed, k).values()) for k in range(count)]
