#!/usr/bin/env python3
"""measures_test.py: whether the measures count as they say, on cases that can be counted by hand."""

import unittest

from environment import enter, work_folder

enter(work_folder())

import numpy  # noqa: E402

import injected  # noqa: E402
import measures  # noqa: E402
import nab_score  # noqa: E402
import synthetic  # noqa: E402
from series import Series, backwards, stretches  # noqa: E402


def flags(length, *at):
    marked = numpy.zeros(length, dtype=bool)
    marked[list(at)] = True
    return marked


def made(length, events, first=0):
    return Series("test", "one", 60 * numpy.arange(length), numpy.arange(length, dtype=float), events, first)


class Measures(unittest.TestCase):
    def test_an_alarm_rests_for_80_points(self):
        self.assertEqual(measures.once_in(numpy.array([5, 6, 85, 86, 166])).tolist(), [5, 86])

    def test_an_event_is_found_until_10_points_after_it(self):
        s = made(1000, [(200, 210), (500, 510)])
        self.assertEqual(measures.count(s, flags(1000, 220, 521)), measures.Counts(2, 1, 2, 1, 1000))

    def test_the_history_is_not_looked_at(self):
        s = made(1000, [(100, 110), (700, 700)], first=500)
        self.assertEqual(measures.count(s, flags(1000, 105, 460, 700)), measures.Counts(1, 1, 1, 0, 500))

    def test_the_threshold_is_the_lowest_with_so_few_false_alarms(self):
        s = made(10_000, [(5_000, 5_000)])
        scores = numpy.zeros(10_000)
        scores[[1_000, 3_000, 5_000, 7_000]] = [4, 2, 3, 1]
        threshold, counts = measures.threshold_for([s], [scores], 2)
        self.assertEqual((threshold, counts.false, counts.found), (2, 2, 1))

    def test_average_precision_of_a_ranking(self):
        labels = numpy.array([True, False, True, False])
        self.assertAlmostEqual(measures.average_precision(labels, numpy.array([4, 3, 2, 1])), (1 + 2 / 3) / 2)
        self.assertAlmostEqual(measures.average_precision(labels, numpy.ones(4)), 0.5)

    def test_own_quantiles_make_units_equal(self):
        s = made(2_000, [], first=1_000)
        x = numpy.random.default_rng(1).random(2_000)
        numpy.testing.assert_allclose(measures.by_own_quantile(s, x), measures.by_own_quantile(s, 1000 * x))

    def test_nab_counts_the_earliest_alarm_of_a_window(self):
        cost = {"tpWeight": 1.0, "fpWeight": 0.11, "fnWeight": 1.0}
        corpus = nab_score.Corpus([made(1000, [(500, 599)])], {"standard": cost})
        early, late = (corpus.score([flags(1000, at).astype(float)], 0.5) for at in (500, 590))
        self.assertAlmostEqual(early, 100)
        self.assertTrue(50 < late < 80)
        self.assertEqual(corpus.score([flags(1000, 100).astype(float)], 0.5), 0)  # probation
        self.assertAlmostEqual(corpus.score([flags(1000, 300).astype(float)], 0.5), -5.5)
        self.assertAlmostEqual(corpus.best([flags(1000, 500).astype(float)])[1], 100)

    def test_backwards_twice_is_forwards(self):
        s = made(100, [(3, 5), (50, 60)])
        twice = backwards(backwards(s))
        self.assertEqual(twice.events, s.events)
        self.assertEqual(twice.times.tolist(), s.times.tolist())
        self.assertEqual(stretches(s.labels), s.events)

    def test_anomalies_are_where_they_are_said_to_be(self):
        for anomaly, (_, kinds, change, _) in injected.ANOMALIES.items():
            if change in (None, injected.half_a_day_off, injected.missing):
                continue
            for one in injected.injected(anomaly, kinds[0], 1, count=2):
                number = int(one.name.rsplit(".", 1)[1])
                clean = synthetic.stream(kinds[0], len(one), 1001, number).values()
                changed = numpy.flatnonzero(clean != one.values)
                first, last = one.events[0]
                self.assertTrue(len(changed) and first <= changed[0] and changed[-1] <= last, anomaly)


if __name__ == "__main__":
    unittest.main()
