"""killed_workers.py [agents]: workers of three functions are killed at random under load, and
kapacitord does not notice: each point sent is processed and stored once, in order, with the value
that a worker that lives gives. With `agents` the workers are the examples of Kapacitor's own agents
for Go and Python, behind `exec`.

DURATION=15s, RATE=5000 (points/s) and KILLS=40 (a minute) may be other values.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from system import (
    BIN, OUT_DATABASE, Skipped, expect, expect_equal, programs, results, run_test, say, settled, wait_until,
    whole_stack,
)  # fmt: skip
from stack_lib.tick_script import TickScript

# make exports what it knows, as empty texts too.
DURATION = os.environ.get("DURATION") or "15s"
RATE = os.environ.get("RATE") or ("2000" if sys.argv[1:] else "5000")
KILLS = float(os.environ.get("KILLS") or 40)


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


class AgentScript(TickScript):
    """That of moving_average, for a function of another name."""

    def __init__(self, name, folder):
        super().__init__("moving_average")
        self.name = name
        self.text = self.text.replace("@moving_average()", f"@{name}()").replace("'moving_average'", f"'{name}'")
        self.path = folder / f"{name}.tick"
        self.path.write_text(self.text)


class ReadyMade:
    """Functions of kapacitor-udfd: which field to compare, and with what."""

    flags = ()
    names = ()  # that kapacitor.conf does not have
    tasks = {"moving_average": ("avg", averages), "ewma": ("ewma", smoothed), "identity": ("value", same)}

    def script(self, name):
        return TickScript(name)


class Agents:
    """Kapacitor's own examples, as agents of kapacitor-udfd."""

    def __init__(self, folder):
        self.folder = folder
        found = {"go_average": programs.find("moving_avg", "GO_UDF"),
                 "python_average": programs.find("moving_avg_py", "PY_UDF")}  # fmt: skip
        if not all(found.values()):
            raise Skipped("Kapacitor's example functions are not built: make real builds them")
        conf = folder / "agents.toml"
        conf.write_text("".join(f'[agent.{name}]\nexec = "{program}"\n' for name, program in found.items()))
        self.flags = ("--config", conf)
        self.names = tuple(found)
        self.tasks = {name: ("avg", averages) for name in found}

    def script(self, name):
        return AgentScript(name, self.folder)


class Killer(threading.Thread):
    """Kills the newest worker of a function, at random times."""

    def __init__(self, stack, functions):
        super().__init__(daemon=True)
        self.functions = list(functions)
        self.log = stack.log_of("kapacitor-udfd")
        self.over = threading.Event()
        self.kills = 0

    def run(self):
        chance = random.Random(1)
        while not self.over.wait(chance.uniform(0.5, 1.5) * 60 / KILLS):
            function = chance.choice(self.functions)
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


def expect_values(stack, function, field, expected_of):
    sent = values(stack, "demo", "sensors", "value")
    stored = values(stack, OUT_DATABASE, function, field)
    expect_equal(f"series of {function}", sorted(sent), sorted(stored))
    for series, given in sent.items():
        wrong = sum(abs(a - b) > 1e-9 * max(1, abs(a)) for a, b in zip(expected_of(given), stored[series]))
        expect_equal(f"wrong values of {function} {series}", 0, wrong)


def send(stack):
    """Returns: points that InfluxDB has taken."""
    report = stack.folder / "generator.json"
    subprocess.run([
        BIN / "kapacitor-udf-generator", "--url", stack.influxdb.url, "--db", "demo",
        "--rate", RATE, "--duration", DURATION, "--summary", report,
        "--kapacitor-url", stack.kapacitor.url], check=True)  # fmt: skip
    return json.loads(report.read_text())["accepted"]


def kill_under_load(of):
    with whole_stack(*of.flags, more_functions=of.names) as stack:
        for function in of.tasks:
            stack.start_task(function, of.script(function), {})
        killer = Killer(stack, of.tasks)
        killer.start()
        sent = send(stack)
        wait_until(90, lambda: all(results(stack, f, field) >= sent for f, (field, _) in of.tasks.items()))
        killer.over.set()
        killer.join()
        for function, (field, expected_of) in of.tasks.items():
            stored = settled(10, lambda: results(stack, function, field))  # noqa: B023
            processed = stack.kapacitor.processed(function, of.script(function))
            say(f"{function:<16} {sent} sent, {processed} processed, {stored} stored")
            expect(stack.kapacitor.executes(function), stack.kapacitor.error_of(function))
            expect_equal(f"points processed by {function}", sent, processed)
            expect_equal(f"results of {function} stored", sent, stored)
            expect_values(stack, function, field, expected_of)
        say(f"{killer.kills} workers killed; all values are right")
        expect(killer.kills >= 3, f"only {killer.kills} workers were killed")


def test():
    if sys.argv[1:] != ["agents"]:
        return kill_under_load(ReadyMade())
    with tempfile.TemporaryDirectory(prefix="kapacitor-udf-test.") as folder:
        kill_under_load(Agents(Path(folder)))


if __name__ == "__main__":
    run_test(test)
