"""The clients that generator.py measures, the server they write to, and tables of their figures."""

import json
import os
import re
import resource
import shutil
import subprocess
import time
from contextlib import contextmanager

from support import BIN, Failure, Rounds, say

# Lines of about 50 bytes: one tag, 1,000 series, one field; batches of 5,000.
BATCH, SERIES = 5000, 1000

# Bodies like inch's, but for the names and the times.
PLAIN = """\
version = 1
interval = "1ms"

[[measurement]]
name = "m0"
series = 1000

[[measurement.tag]]
key = "tag0"
pattern = "value{}"

[[measurement.field]]
name = "v0"
decimals = 0
constant = 1
"""


class Bench:
    def __init__(self, stack):
        self.stack = stack
        self.rounds = Rounds()
        self.report = stack.folder / "report.json"
        self.wall = self.cpu = 0
        self.seen = {}
        self._peers = {
            "inch": os.environ.get("INCH") or shutil.which("inch"),
            "influx-stress": os.environ.get("INFLUX_STRESS") or shutil.which("influx-stress"),
        }

    def has(self, name):
        return self._peers.get(name, BIN) is not None

    # ---- The server that takes everything

    def start_sink(self, *arguments):
        """Its URL."""
        log = self.stack.log_of("sink")
        log.unlink(missing_ok=True)
        self.stack.start("sink", [BIN / "null_sink", *arguments])
        self.stack.bring_up("sink", 5, lambda: log.exists() and "\n" in log.read_text())
        return f"http://127.0.0.1:{log.read_text().splitlines()[0]}"

    def stop_sink(self):
        """What it has seen is in `seen` then."""
        self.stack.stop("sink")
        self.seen = json.loads(self.stack.last_lines("sink", 1))

    @contextmanager
    def sink(self, *arguments):
        yield self.start_sink(*arguments)
        self.stop_sink()

    # ---- Clients

    def timed(self, command):
        """Sets wall and cpu, in seconds; the exit status."""
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        with open(self.stack.folder / "client.out", "wb") as out:
            done = subprocess.run(list(map(str, command)), stdout=out, stderr=out)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall = time.monotonic() - started
        self.cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
        return done.returncode

    def generate(self, *flags, program=BIN / "kapacitor-udf-generator"):
        command = [program, "--subscribe", "off", "-q", "--summary", self.report, *flags]
        if self.timed(command) != 0:
            say((self.stack.folder / "client.out").read_text(errors="replace"))
            raise Failure(f"the generator failed: {' '.join(map(str, flags))}")

    @property
    def told(self):
        """The generator's report."""
        return json.loads(self.report.read_text())

    def start(self, *flags):
        """The generator, beside us."""
        command = [BIN / "kapacitor-udf-generator", "--summary", self.report, *flags]
        self.stack.start("generator", command)

    def wait(self):
        if self.stack.wait("generator") != 0:
            raise Failure(f"the generator failed: {self.stack.last_lines('generator', 3)}")

    def back_after(self):
        log = self.stack.log_of("generator").read_text()
        found = re.search(r"points taken again .*?after=(\S+)", log)
        return found[1] if found else "?"

    def inch(self, points, *flags):
        """False if there is none."""
        if self.has("inch"):
            self.timed([self._peers["inch"], "-t", SERIES, "-p", points // SERIES, "-b", BATCH, *flags])
        return self.has("inch")

    def influx_stress(self, points, connections, *flags):
        """It decides by the rate that it is told how many writers it has, although -f makes it not
        keep to that rate. False if there is none."""
        if self.has("influx-stress"):
            self.timed([self._peers["influx-stress"], "insert", "-f", "-b", BATCH, "-s", SERIES,
                        "-n", points, "--pps", connections * BATCH, *flags,
                        "stress,host=m", "value=1i"])  # fmt: skip
        return self.has("influx-stress")

    def micro_benchmarks(self):
        """(name, points per second) of each."""
        minimum = os.environ.get("BENCHMARK_MIN_TIME") or "0.3"
        done = subprocess.run(
            [BIN / "generator_bench", f"--benchmark_min_time={minimum}", "--benchmark_format=json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)  # fmt: skip
        for each in json.loads(done.stdout)["benchmarks"]:
            yield each["name"], each["items_per_second"]

    # ---- Tables

    def result(self, group, client, points, seconds=None):
        """With the CPU time of the last client."""
        self.rounds.add(group, client, points / (seconds or self.wall), self.cpu / points * 1e9)

    def show_medians(self):
        say(f"{'':<14} {'':<34} {'M points/s':>12} {'range':>20} {'CPU ns/point':>14}")
        for group, client in self.rounds.figures:
            rates = [rate / 1e6 for rate in self.rounds.column(group, client)]
            span = f"{min(rates):.3f}-{max(rates):.3f}"
            say(f"{group:<14} {client:<34} {self.rounds.median(group, client) / 1e6:12.3f} "
                f"{span:>20} {self.rounds.median(group, client, 1):14.1f}")  # fmt: skip
        say("")

    def show_ratio(self, group, ours, other):
        if ratios := self.rounds.ratios(group, ours, other):
            middle = (ratios[len(ratios) // 2] + ratios[(len(ratios) - 1) // 2]) / 2
            span = f"{ratios[0]:.2f}-{ratios[-1]:.2f}"
            say(f"{group:<14} {f'{ours} to {other}':<49} {middle:10.2f}x {span:>20}")
