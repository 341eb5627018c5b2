"""A load through tasks, whose supervisor or workers somebody disturbs meanwhile: each point sent is
processed and stored once, in order, with the value that an undisturbed worker gives.

DURATION=15s and RATE=5000 (points/s) may be other values.
"""

import json
import os
import subprocess
import threading

from system import BIN, OUT_DATABASE, expect, expect_equal, results, say, settled, wait_until
from stack_lib.tick_script import TickScript

# make exports what it knows, as empty texts too.
DURATION = os.environ.get("DURATION") or "15s"
SLICE = 20_000_000_000  # ns


def averages(values, size=10):
    return [sum(values[max(0, i - size + 1):i + 1]) / min(i + 1, size) for i in range(len(values))]


def smoothed(values, alpha=0.1):
    mean, all_means = None, []
    for x in values:
        mean = x if mean is None else mean + alpha * (x - mean)
        all_means.append(mean)
    return all_means


def same(values):
    return values


class ReadyMade:
    """Functions of kapacitor-udfd: which field to compare, and with what."""

    flags = ()
    rate = "5000"
    names = ()  # that kapacitor.conf does not have
    tasks = {"moving_average": ("avg", averages), "ewma": ("ewma", smoothed), "identity": ("value", same)}

    def script(self, name):
        return TickScript(name)


class Disturber(threading.Thread):
    """Does disturb() each time that one of its pauses() is over."""

    def __init__(self, stack):
        super().__init__(daemon=True)
        self.stack = stack
        self.log = stack.log_of("kapacitor-udfd")
        self.over = threading.Event()
        self.count = 0

    def run(self):
        for pause in self.pauses():
            if self.over.wait(pause):
                return
            self.count += self.disturb()


def values(stack, database, measurement, field):
    """{series: values in the order of their times}."""
    def ask(what, more=""):
        return stack.influxdb.query(f'SELECT {what} FROM "{measurement}" {more}', database)

    begin, end = (ask(f'{which}("{field}")')[0]["values"][0][0] for which in ("first", "last"))
    all_of = {}
    # InfluxDB takes its time for millions of rows at once.
    for at in range(begin, end + 1, SLICE):
        for s in ask(f'"{field}"', f"WHERE time >= {at} AND time < {at + SLICE} GROUP BY *"):
            all_of.setdefault(json.dumps(s["tags"], sort_keys=True), []).extend(row[1] for row in s["values"])
    return all_of


def expect_values(stack, function, field, expected_of):
    sent = values(stack, "demo", "sensors", "value")
    stored = values(stack, OUT_DATABASE, function, field)
    expect_equal(f"series of {function}", sorted(sent), sorted(stored))
    for series, given in sent.items():
        wrong = sum(abs(a - b) > 1e-9 * max(1, abs(a)) for a, b in zip(expected_of(given), stored[series]))
        expect_equal(f"wrong values of {function} {series}", 0, wrong)


def send(stack, rate):
    """Returns: points that InfluxDB has taken."""
    report = stack.folder / "generator.json"
    subprocess.run([
        BIN / "kapacitor-udf-generator", "--url", stack.influxdb.url, "--db", "demo",
        "--rate", os.environ.get("RATE") or rate, "--duration", DURATION, "--summary", report,
        "--kapacitor-url", stack.kapacitor.url], check=True)  # fmt: skip
    return json.loads(report.read_text())["accepted"]


def wait_for_results(stack, of, sent):
    """As long as more of them come: a busy machine may take its time."""
    def stored():
        return [results(stack, f, field) for f, (field, _) in of.tasks.items()]

    before = []
    while before != (before := stored()) and min(before) < sent:
        wait_until(20, lambda: stored() != before)  # noqa: B023


def run_load(stack, of, disturber):
    """Returns: how often it was disturbed."""
    for function in of.tasks:
        stack.start_task(function, of.script(function), {})
    disturber.start()
    sent = send(stack, of.rate)
    disturber.over.set()
    disturber.join()
    wait_for_results(stack, of, sent)
    for function, (field, expected_of) in of.tasks.items():
        stored = settled(10, lambda: results(stack, function, field))  # noqa: B023
        processed = stack.kapacitor.processed(function, of.script(function))
        say(f"{function:<16} {sent} sent, {processed} processed, {stored} stored")
        expect(stack.kapacitor.executes(function), stack.kapacitor.error_of(function))
        expect_equal(f"points processed by {function}", sent, processed)
        expect_equal(f"results of {function} stored", sent, stored)
        expect_values(stack, function, field, expected_of)
    return disturber.count
