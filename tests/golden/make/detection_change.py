"""change_point by its definitions in plain NumPy; t_test and ks_test by SciPy."""

import math

import numpy as np
import pandas as pd
from scipy import stats

from common import ALL, SECOND, START, finite, series, write_case, write_series


# --- change_point ---------------------------------------------------------------------------------

def largest_sum(deviations):
    """The largest sum over all beginnings, and the beginning (None: no sum is above 0)."""
    if not len(deviations):
        return 0.0, None
    sums = np.cumsum(np.asarray(deviations)[::-1])[::-1]
    best = int(np.argmax(sums))
    return (float(sums[best]), best) if sums[best] > 0 else (0.0, None)


def page(values, deviations_of, drift, threshold):
    """deviations_of(values since the change): those of the tested points, the last is now."""
    rows, segment, since = [], [], []
    for x in values:
        segment.append(x)
        since.append(x)
        d = deviations_of(np.array(segment))
        row = {"change_changed": False, "change_score": None, "change_direction": 0}
        if len(d):
            sides = [largest_sum(d - drift), largest_sum(-d - drift)]
            side = 0 if sides[0][0] >= sides[1][0] else 1
            row["change_score"] = sides[side][0] / threshold
            if row["change_score"] >= 1:
                row["change_changed"] = True
                row["change_direction"] = 1 - 2 * side
                since = segment[len(segment) - len(d) + sides[side][1]:]
                segment = []
        row["change_mean"] = math.fsum(since) / len(since)
        rows.append(row)
    return pd.DataFrame(rows, dtype=object)


def cusum(values, warmup, drift, threshold):
    def deviations(x):
        reference = x[:warmup]
        if len(x) <= warmup:
            return np.array([])
        spread = max(reference.std(ddof=1), abs(reference.mean()) * 2.0**-50)
        return (x[warmup:] - reference.mean()) / spread
    return page(values, deviations, drift, threshold)


def page_hinkley(values, warmup, delta, threshold):
    def deviations(x):
        offset = x[0]
        so_far = offset + np.cumsum(x - offset) / np.arange(1, len(x) + 1)
        return (x - so_far)[warmup:]
    return page(values, deviations, delta, threshold)


class Adwin:
    """ADWIN2 with buckets [values, mean, sum of squared deviations], oldest first."""

    def __init__(self, delta, clock):
        self.delta, self.clock, self.buckets, self.points = delta, clock, [], 0

    def push(self, x):
        self.buckets.append([1, x, 0.0])
        size = 1
        while sum(b[0] == size for b in self.buckets) > 5:
            i = next(i for i, b in enumerate(self.buckets) if b[0] == size)
            (n, m0, s0), (_, m1, s1) = self.buckets[i:i + 2]
            self.buckets[i:i + 2] = [[2 * n, (m0 + m1) / 2, s0 + s1 + n * (m1 - m0) ** 2 / 2]]
            size *= 2
        self.points += 1
        score, direction = None, 0
        if self.points % self.clock == 0 and self.width() >= 10:
            score, towards = self.strongest()
            if score >= 1:
                direction = towards
            while self.strongest()[0] >= 1:
                self.buckets.pop(0)
        return {"change_changed": direction != 0, "change_score": score, "change_direction": direction,
                "change_mean": self.mean(self.buckets)}

    def width(self):
        return sum(b[0] for b in self.buckets)

    @staticmethod
    def mean(buckets):
        return math.fsum(b[0] * b[1] for b in buckets) / sum(b[0] for b in buckets)

    def strongest(self):
        n, mean = self.width(), self.mean(self.buckets)
        variance = math.fsum(b[2] + b[0] * (b[1] - mean) ** 2 for b in self.buckets) / n
        best = (0.0, 0)
        if n < 10 or variance == 0:
            return best
        doubt = math.log(2 * math.log(n) / self.delta)
        for i in range(1, len(self.buckets)):
            old, new = self.buckets[:i], self.buckets[i:]
            n0, n1 = sum(b[0] for b in old), sum(b[0] for b in new)
            if n0 < 5 or n1 < 5:
                continue
            few = 1 / n0 + 1 / n1
            chance = math.sqrt(variance) * (math.sqrt(2 * few * doubt) + 2 / 3 * few * doubt)
            apart = self.mean(new) - self.mean(old)
            if abs(apart) / chance > best[0]:
                best = (abs(apart) / chance, 1 if apart > 0 else -1)
        return best


for name in ALL:
    x = finite(series(name))["x"].to_numpy()
    rounded = 1e-6 if name == "huge_offset" else 1e-9  # of the reference program, in the deviations
    if name != "irregular":
        write_case("change_point", f"cusum_{name}", name,
                   [["field", "x"], ["warmup", 24], ["drift", 0.25], ["decisionInterval", 3.0]],
                   cusum(x, 24, 0.25, 3.0), relative=1e-12, absolute=rounded)
    if name in ("regular", "huge_offset"):
        write_case("change_point", f"page_hinkley_{name}", name,
                   [["field", "x"], ["method", "page_hinkley"], ["warmup", 24], ["delta", 1.0], ["changeSum", 15.0]],
                   page_hinkley(x, 24, 1.0, 15.0), relative=1e-12, absolute=rounded)
    if name in ("irregular", "huge_offset", "nan_ridden"):
        model = Adwin(0.3, 4)
        write_case("change_point", f"adwin_{name}", name,
                   [["field", "x"], ["method", "adwin"], ["checkCount", 4], ["significance", 0.3]],
                   pd.DataFrame([model.push(v) for v in x], dtype=object), relative=1e-12, absolute=rounded)


# --- t_test and ks_test ---------------------------------------------------------------------------

def batches(name, sizes, seed, digits, jump, offset):
    """x around 0 with a level that changes now and then; with `offset` y = x + 10⁹ as well."""
    random = np.random.default_rng(seed)
    rows, level = [], 0.0
    for number, size in enumerate(sizes(random)):
        if number % 4 == 3:
            level = jump * random.normal()
        for x in np.round(level + random.standard_t(5, size=size), digits):
            rows.append((x, number))
    frame = pd.DataFrame(rows, columns=["x", "batch"])
    frame.index = pd.Index(START + SECOND * np.arange(len(frame)), name="time")
    broken = random.choice(len(frame), size=len(frame) // 50, replace=False)
    frame.iloc[broken, 0] = random.choice([np.nan, np.inf, -np.inf], size=len(broken))
    if offset:
        frame.insert(1, "y", frame["x"] + 1e9)
    write_series(name, frame)
    return frame


def tested(frame, field, prefix, size, alpha, freeze, test):
    rows, times, history = [], [], []
    for _, batch in frame.groupby("batch"):
        x = batch[field].to_numpy()
        x = x[np.isfinite(x)]
        reference = np.concatenate(history) if history else np.array([])
        statistic, p = test(x, reference) if min(len(x), len(reference)) >= 2 else (None, None)
        significant = p is not None and p < alpha
        rows.append({f"{prefix}_statistic": statistic, f"{prefix}_p": p, f"{prefix}_significant": bool(significant),
                     f"{prefix}_mean": math.fsum(x) / len(x) if len(x) else None,
                     f"{prefix}_reference_mean": math.fsum(reference) / len(reference) if len(reference) else None,
                     f"{prefix}_n": len(x)})
        times.append(batch.index[-1])
        if len(x) and not (significant and freeze):
            history = (history + [x])[-size:]
    return pd.DataFrame(rows, index=pd.Index(times, name="out_time"), dtype=object)


small = batches("batches", lambda random: random.integers(1, 30, size=60), 31, 3, 0.8, True)
large = batches("large_batches", lambda random: random.integers(250, 400, size=12), 32, 2, 0.15, False)

for field, offset in (("x", 0), ("y", 1e9)):  # without the offset, which SciPy's sums would be rounded for
    write_case("t_test", f"welch_{field}", "batches", [["field", field], ["batches", 8], ["significance", 0.01], ["freeze"]],
               tested(small, field, "t", 8, 0.01, True,
                      lambda a, b: stats.ttest_ind(a - offset, b - offset, equal_var=False)), relative=1e-10)
write_case("t_test", "student", "batches", [["field", "x"], ["batches", 8], ["student"]],
           tested(small, "x", "t", 8, 0.05, False, lambda a, b: stats.ttest_ind(a, b)), relative=1e-10)
write_case("ks_test", "exact", "batches", [["field", "x"], ["batches", 8]],
           tested(small, "x", "ks", 8, 0.05, False, lambda a, b: stats.ks_2samp(a, b, mode="exact")), relative=1e-9)
write_case("ks_test", "asymptotic", "large_batches", [["field", "x"], ["batches", 10], ["significance", 0.001], ["freeze"]],
           tested(large, "x", "ks", 10, 0.001, True, lambda a, b: stats.ks_2samp(a, b, mode="asymp")),
           relative=2e-4, absolute=3e-4)
