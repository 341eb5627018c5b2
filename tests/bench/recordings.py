"""recordings.py CHECKOUT: plays all of Kapacitor's own recordings of streams through host and
generator, and compares. CHECKOUT is one of github.com/influxdata/kapacitor; the recordings are
integrations/testdata/*.srpl in it.

Every recording: what the host gets back from `identity` are the recording's points, all of them, in
order; so are the lines that the generator sends, but in the order of their times. Where a test of
Kapacitor's does what a function of ours does (recording_cases.py), the function's answers are the
numbers that the test expects.

Prints a table for udf/docs/conformance.md. Ends with 1 if anything differs without an explanation,
or if what is explained does not differ any more. BIN=FOLDER holds the programs, not build/bin.
"""

import collections
import math
import sys
import tempfile
from pathlib import Path

from kapacitor_tests import Tests
from recorded_points import SECOND, Point, read_recording, write_recording
from recording_cases import CASES, YEAR_1971, of_method
from recording_programs import Fault, through_generator, through_host


def first_difference(what, got, wanted):
    if len(got) != len(wanted):
        raise Fault(f"{what}: {len(got)} points instead of {len(wanted)}")
    for number, (one, other) in enumerate(zip(got, wanted), 1):
        if one != other:
            raise Fault(f"{what}: point {number} is {one} instead of {other}")


def as_replayed(points):
    """With the times that Kapacitor's tests give them: the first is the beginning of 1971."""
    shift = YEAR_1971 * SECOND - points[0].time
    return [Point(p.time + shift, p.name, p.tags, p.fields) for p in points]


def chosen(points, case, tags):
    wanted = {**case.tags, **tags}
    fits = lambda p: all(p.tags.get(k) == v for k, v in wanted.items())
    return [p for p in points if fits(p) and case.name in ("", p.name)]


def answers_of(case, points, first):
    """What comes out of the chain of functions; its windows begin with `first`, or with each step's
    first point."""
    batches = []
    for step in case.steps:
        path = case.folder / "step.srpl"
        write_recording(path, points)
        offset = f"{(first or points[0]).time // 1_000_000 % 10_000}ms"
        options = [o.replace("FIRST", offset) for o in step.options]
        points, batches = through_host(path, step.function, options, step.host)
    if case.last_batch:
        points = [p for p, batch in zip(points, batches) if batch == batches[-1]]
    return case.adapt(points) if case.adapt else points


def same(got, wanted):
    if isinstance(wanted, float) and isinstance(got, (int, float)):
        return math.isclose(got, wanted, rel_tol=1e-12)
    return got == (f"{wanted:g}" if isinstance(wanted, float) else wanted)


def differences(case, rows, answers):
    """Between the rows of a group and our answers of the same stretch of time, one after the other."""
    times = [values["time"] for _, values in rows]
    seconds = lambda a: a.time // SECOND - case.later
    ours = [a for a in answers if min(times) <= seconds(a) <= max(times)]
    if len(ours) != len(rows):
        return [f"{len(ours)} answers instead of {len(rows)}"]
    found = []
    for (_, values), a in zip(rows, ours):
        got = {**a.tags, **a.fields}.get(case.field)
        if not same(got, values[case.column]) or seconds(a) != values["time"]:
            found.append(f"{got} at {seconds(a)} instead of {values[case.column]} at {values['time']}")
    return found


def compare(case, rows, points):
    """What differs in any group of a test."""
    groups = collections.defaultdict(list)
    for tags, values in rows:
        groups[tuple(sorted(tags.items()))].append((tags, values))
    found = []
    for tags, of_group in groups.items():
        first = chosen(points, case, {})[0] if case.grouped_after else None
        answers = answers_of(case, chosen(points, case, dict(tags)), first)
        found += differences(case, of_group, answers)
    return found


def cases_of(tests, recording):
    """(case, the rows that Kapacitor's test expects)"""
    for case in (c for c in CASES if c.recording == recording):
        if case.rows:
            yield case, case.rows(tests.literal(case.test, "nums"))
        else:
            yield case, tests.rows(case.test)
    if recording.startswith("TestStream_InfluxQL_"):
        yield from methods_of(tests, recording)


def methods_of(tests, recording):
    for method, rows in tests.methods(recording):
        case = of_method(recording, method)
        at_end = rows[0][1]["time"] == YEAR_1971 + 10  # else usePointTimes(): the value's own time
        if not case or not at_end:
            continue
        if method == "distinct":
            rows = [(rows[0][0], {**rows[0][1], "distinct": float(len(rows))})]
        yield case, rows


class Report:
    def __init__(self):
        self.faults, self.explained = [], []
        self.points = self.numbers = 0

    def judge(self, case, found):
        """What the table says of a test."""
        if case.differs and not found:
            self.faults.append(f"{case.title()}: does not differ any more: {case.differs}")
        elif case.differs:
            self.explained.append(f"{case.title()}: {'; '.join(found)}. {case.differs}")
            return f"{case.title()} (differs)"
        elif found:
            self.faults.append(f"{case.title()}: {'; '.join(found)}")
            return f"**{case.title()} DIFFERS**"
        return case.title()

    def play(self, path, tests, folder):
        points = read_recording(path)
        answers, _ = through_host(path, "identity", flags=["--precision", "s"])
        first_difference(f"{path.name}, host", answers, points)
        sent = through_generator(path)
        by_time = sorted(points, key=lambda p: p.time)
        first_difference(f"{path.name}, generator", sent, by_time)
        compared, numbers = [], 0
        for case, rows in cases_of(tests, path.stem):
            case.folder = folder
            numbers += len(rows)
            compared.append(self.judge(case, compare(case, rows, as_replayed(points))))
        self.points += len(points)
        self.numbers += numbers
        other = "" if compared else ", ".join(tests.nodes(path.stem))
        name = path.stem.removeprefix("TestStream_")
        print(f"| {name} | {len(points)} | {len(answers)} | {len(sent)} | {', '.join(compared)} | "
              f"{numbers or ''} | {other} |", flush=True)

    def run(self, checkout):
        tests = Tests(checkout / "integrations/streamer_test.go")
        recordings = sorted((checkout / "integrations/testdata").glob("*.srpl"))
        print("| recording | points | answers of `identity` | sent by the generator | compared with "
              "Kapacitor's test | numbers | its tests use |\n|---|---|---|---|---|---|---|")
        with tempfile.TemporaryDirectory() as folder:
            for path in recordings:
                try:
                    self.play(path, tests, Path(folder))
                except Fault as fault:
                    self.faults.append(str(fault))
        print(f"\n{len(recordings)} recordings, {self.points} points; {self.numbers} numbers compared, "
              f"{len(self.explained)} differences explained, {len(self.faults)} not.")
        for text in [*self.explained, *(f"FAULT: {fault}" for fault in self.faults)]:
            print(f"\n- {text}")
        return 1 if self.faults or not recordings else 0


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    sys.exit(Report().run(Path(arguments[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
