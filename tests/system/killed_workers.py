"""Workers of three functions are killed at random under load, and kapacitord does not notice: each
point sent is processed and stored once, in order, with the value that a worker that lives gives.

DURATION=15s, RATE=5000 (points/s) and KILLS=40 (a minute) may be other values.
"""

import json
import os
import random
import re
import signal
import subprocess
import threading

from system import BIN, OUT_DATABASE, expect, expect_equal, results, run_test, say, settled, wait_until, whole_stack
from stack_lib.tick_script import TickScript

TASKS = {"moving_average": "avg", "ewma": "ewma", "identity": "value"}
# make exports what it knows, as empty texts too.
DURATION = os.environ.get("DURATION") or "15s"
RATE = os.environ.get("RATE") or "5000"
KILLS = float(os.environ.get("KILLS") or 40)


def averages(values, size=10):
    return [sum(values[max(0, i - size + 1):i + 1]) / min(i + 1, size) for i in range(len(values))]


def smoothed(values, alpha=0.1):
    mean, all_means = None, []
    for x in values:
        mean = x if mean is None else mean + alpha * (x - mean)
        all_means.append(mean)
    return all_means


EXPECTED = {"moving_average": averages, "ewma": smoothed, "identity": lambda values: values}


class Killer(threading.Thread):
    """Kills the newest worker of a function, at random times."""

    def __init__(self, stack):
        super().__init__(daemon=True)
        self.log = stack.log_of("kapacitor-udfd")
        self.over = threading.Event()
        self.kills = 0

    def run(self):
        chance = random.Random(1)
        while not self.over.wait(chance.uniform(0.5, 1.5) * 60 / KILLS):
            function = chance.choice(list(TASKS))
            found = re.findall(rf"worker started function={function} pid=(\d+)", self.log.read_text())
            try:
                os.kill(int(found[-1]), signal.SIGKILL)
                self.kills += 1
            except (IndexError, ProcessLookupError):
                pass  # there is none at the moment


def values(stack, database, measurement, field):
    """{series: values in the order of their times}."""
    found = stack.influxdb.query(f'SELECT "{field}" FROM "{measurement}" GROUP BY *', database)
    return {json.dumps(s["tags"], sort_keys=True): [row[1] for row in s["values"]] for s in found}


def expect_values(stack, function, field):
    sent = values(stack, "demo", "sensors", "value")
    stored = values(stack, OUT_DATABASE, function, field)
    expect_equal(f"series of {function}", sorted(sent), sorted(stored))
    for series, given in sent.items():
        expected = EXPECTED[function](given)
        wrong = sum(abs(a - b) > 1e-9 * max(1, abs(a)) for a, b in zip(expected, stored[series]))
        expect_equal(f"wrong values of {function} {series}", 0, wrong)


def test():
    with whole_stack() as stack:
        for function in TASKS:
            stack.start_task(function, TickScript(function), {})
        killer = Killer(stack)
        killer.start()
        report = stack.folder / "generator.json"
        subprocess.run([
            BIN / "kapacitor-udf-generator", "--url", stack.influxdb.url, "--db", "demo",
            "--rate", RATE, "--duration", DURATION, "--summary", report,
            "--kapacitor-url", stack.kapacitor.url], check=True)  # fmt: skip
        sent = json.loads(report.read_text())["accepted"]
        wait_until(90, lambda: all(results(stack, f, field) >= sent for f, field in TASKS.items()))
        killer.over.set()
        killer.join()
        for function, field in TASKS.items():
            stored = settled(10, lambda: results(stack, function, field))  # noqa: B023
            processed = stack.kapacitor.processed(function, TickScript(function))
            say(f"{function:<16} {sent} sent, {processed} processed, {stored} stored")
            expect(stack.kapacitor.executes(function), stack.kapacitor.error_of(function))
            expect_equal(f"points processed by {function}", sent, processed)
            expect_equal(f"results of {function} stored", sent, stored)
            expect_values(stack, function, field)
        say(f"{killer.kills} workers killed; all values are right")
        expect(killer.kills >= 3, f"only {killer.kills} workers were killed")


if __name__ == "__main__":
    run_test(test)
