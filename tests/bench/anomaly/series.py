"""One series of a benchmark, whatever it comes from."""

import dataclasses

import numpy


@dataclasses.dataclass
class Series:
    """times: whole seconds. events: (first, last) point of each labelled stretch, in order."""

    archive: str
    name: str
    times: numpy.ndarray
    values: numpy.ndarray
    events: list
    first: int = 0  # the point from which on it is scored; those before it are history

    def __len__(self):
        return len(self.values)

    @property
    def key(self):
        return f"{self.archive}/{self.name}"

    @property
    def labels(self):
        """Whether each point is labelled."""
        marked = numpy.zeros(len(self), dtype=bool)
        for first, last in self.events:
            marked[first:last + 1] = True
        return marked

    @property
    def scored_events(self):
        """Those in the scored part, cut to it."""
        return [(max(first, self.first), last) for first, last in self.events if last >= self.first]

    def interval(self):
        """Seconds from one point to the next, the usual ones."""
        return float(numpy.median(numpy.diff(self.times)))


def stretches(labels):
    """(first, last) of each run of labelled points."""
    edges = numpy.diff(numpy.concatenate([[0], labels.astype(numpy.int8), [0]]))
    return list(zip(numpy.flatnonzero(edges == 1).tolist(), (numpy.flatnonzero(edges == -1) - 1).tolist()))


def backwards(series):
    """The series from the last point to the first, with the pauses that were between them."""
    end = len(series) - 1
    events = [(end - last, end - first) for first, last in reversed(series.events)]
    times = series.times[0] + series.times[-1] - series.times[::-1]
    return dataclasses.replace(series, archive=series.archive + "-backwards", times=times,
                               values=series.values[::-1].copy(), events=events)
