"""Which of Kapacitor's tests do what one of our functions does, and with which options.

A test that is not here uses nodes that no function of ours is, such as eval, join or alert.
"""

import dataclasses


@dataclasses.dataclass
class Step:
    """A function, the options that it gets, and how the host groups the points before it.

    FIRST in an option is where the first point lies in a window of ten seconds: Kapacitor's windows
    begin with their first point, ours with a multiple of their length unless there is an offset.
    """

    function: str
    options: list
    host: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Case:
    test: str
    steps: list
    column: str  # of Kapacitor's result
    field: str  # of our answer: a field or a tag
    recording: str = ""
    tags: dict = dataclasses.field(default_factory=dict)  # only the points that have these
    name: str = ""  # only points of this measurement
    adapt: object = None  # our answers to what Kapacitor's node would say
    later: int = 0  # seconds by which our answer has a later time
    rows: object = None  # what the test computes in a loop, made of a list of numbers in it
    last_batch: bool = False
    grouped_after: bool = False  # the test groups its points after the window
    method: str = ""  # of a test that has a table of methods
    differs: str = ""  # why the numbers are others

    def __post_init__(self):
        self.recording = self.recording or self.test

    def title(self):
        method = f" {self.method}" if self.method else ""
        return f"{self.test.removeprefix('TestStream_')}{method}"


def windows(what, field, period="10s"):
    options = [f"period={period}", "offset=FIRST", f"aggregateAs={what},{field},{what}"]
    return Step("aggregate", options)


def derivative(*options):
    return Step("rate", ["field=value", "method=derivative", "as=value", *options])


def state(*options):
    return Step("state", ["field=value", *options, "keep"])


def outside_is_minus_one(field):
    def adapt(answers):
        for a in answers:
            if a.fields["state"] == "ok":
                a.fields[field] = -1.0
        return answers

    return adapt


def changes(answers):
    """changeDetect emits the first point as well."""
    return [a for number, a in enumerate(answers) if number == 0 or a.fields["state_changed"]]


def loop_of(numbers, start=0):
    return [({}, {"time": YEAR_1971 + start + n, "value": x}) for n, x in enumerate(numbers)]


def counted(numbers):
    return lambda _: [({}, {"time": YEAR_1971, "value": float(n)}) for n in numbers]


YEAR_1971 = 31_536_000
A = {"host": "serverA"}
HIGH = ["level=high,95.0"]


def window(test, of, rows=loop_of, recording=""):
    step = Step("identity_batch", [], of)
    return Case(test, [step], "value", "value", recording, A, "cpu", rows=rows, last_batch=True)


CASES = [
    Case("TestStream_MovingAverage", [Step("moving_average", ["field=value", "size=4"])],
         "movingAverage", "avg"),
    Case("TestStream_CumulativeSum",
         [Step("moving_stats", ["field=value", "statistic=sum", "size=1000000", "as=sum"])],
         "cumulativeSum", "sum"),
    Case("TestStream_Derivative", [derivative(), windows("mean", "value")], "mean", "mean"),
    Case("TestStream_DerivativeUnit", [derivative("unit=10s"), windows("mean", "value")], "mean",
         "mean", "TestStream_Derivative"),
    Case("TestStream_DerivativeN", [derivative(), windows("mean", "value")], "mean", "mean",
         "TestStream_DerivativeNN"),
    Case("TestStream_DerivativeNN", [derivative("nonNegative"), windows("mean", "value")], "mean",
         "mean"),
    Case("TestStream_DerivativeZeroElapsed", [derivative(), windows("count", "value")], "count",
         "count"),
    Case("TestStream_Difference",
         [Step("rate", ["field=value", "method=increase"]), windows("max", "increase")], "max",
         "max"),
    Case("TestStream_StateCount", [state(*HIGH)], "my_count", "state_count",
         "TestStream_StateTracking", adapt=outside_is_minus_one("state_count")),
    Case("TestStream_StateDuration", [state(*HIGH, "unit=1ms")], "my_duration", "state_duration",
         "TestStream_StateTracking", adapt=outside_is_minus_one("state_duration")),
    Case("TestStream_ChangeDetect", [state()], "value", "value", adapt=changes),
    Case("TestStream_SimpleMR", [windows("count", "value")], "count", "count", tags=A, name="cpu"),
    Case("TestStream_AllMeasurements", [windows("count", "value")], "count", "count"),
    Case("TestStream_Selectors", [windows("last", "value")], "last", "last", tags=A, name="cpu"),
    Case("TestStream_BatchGroupBy", [windows("count", "value", "5s")], "count", "count",
         name="cpu", grouped_after=True),
    Case("TestStream_GroupBy", [windows("sum", "value")], "sum", "sum", name="errors"),
    Case("TestStream_GroupByMeasurement", [windows("sum", "value")], "sum", "sum"),
    Case("TestStream_GroupByAllExclude", [windows("count", "value", "2s")], "count", "count",
         "TestStream_GroupByExclude", name="mock"),
    Case("TestStream_WindowMissingAligned",
         [Step("aggregate", ["period=3s", "every=1s", "aggregateAs=count,value,count"])], "count",
         "count", "TestStream_WindowMissing", A, "cpu"),
    Case("TestStream_TopSelector",
         [Step("aggregate", ["period=2s", "aggregateAs=last,value,last"],
               ["--group-by", "game,player"]),
          Step("top_k", ["tag=player", "weightField=last", "every=2s", "k=5", "capacity=100"],
               ["--group-by", "game"])], "top", "top_count", later=2),
    window("TestStream_Window", ["--window", "10s/10s"]),
    window("TestStream_Window_Overlapping", ["--window", "14s/10s"],
           recording="TestStream_Window_FillPeriod"),
    window("TestStream_Window_FillPeriod", ["--window", "14s/10s", "--fill-period"]),
    window("TestStream_Window_FillPeriod_Aligned",
           ["--window", "14s/10s", "--fill-period", "--align"], lambda n: loop_of(n, 6)),
    window("TestStream_Window_Count", ["--window-count", "10/10"], counted(range(1, 11))),
    window("TestStream_Window_Count_Overlapping", ["--window-count", "3/1"],
           counted(range(10, 13)), "TestStream_Window_Count"),
]

AGGREGATES = ["sum", "count", "mean", "median", "min", "max", "spread", "stddev", "first", "last"]
NEAREST_RANK = ("Kapacitor's percentile is the nearest rank below, 93 of these ten; ours is "
                "interpolated, as in NumPy, and at 50 the median, 94")


def of_method(test, method):
    """The case for one row of a test's table of InfluxQL methods; None if we have no such function."""
    numbers = test.endswith(("_Float", "_Integer"))
    stretch = ["every=10s", "offset=FIRST"]
    named = {"tags": A, "name": "cpu", "method": method}
    if method in AGGREGATES and numbers:
        return Case(test, [windows(method, "value")], method, method, **named)
    if method == "percentile" and numbers:
        return Case(test, [windows("p50", "value")], method, "p50", differs=NEAREST_RANK, **named)
    if method == "distinct":
        step = Step("cardinality", ["field=value", *stretch])
        return Case(test, [step], "distinct", "cardinality", **named)
    if method == "mode":
        return Case(test, [Step("top_k", ["field=value", "k=1", *stretch])], method, "value",
                    **named)
    return None
