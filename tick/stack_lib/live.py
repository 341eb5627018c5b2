"""`stack.py run`: a live stream from the generator into InfluxDB, through a task into the function
over its socket, and back into InfluxDB and a JSON log; then the counts, which must agree exactly.
"""

import json
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass

from . import programs
from .parameters import OUT_DATABASE, options, parameter, seconds_or_duration, stream_flags
from .processes import Failure, say, settled, wait_until
from .programs import BIN, RUN_ROOT
from .results import count_and_late
from .stack import Stack
from .tick_script import TickScript


@dataclass
class Counts:
    shown_by: str
    processed: int
    results: int


def run():
    programs.need("kapacitor-udf-generator", "kapacitor-udfd", "kapacitor-udf-host")
    script = TickScript(parameter("FUNCTION", "moving_average"))
    with Stack(new_run_folder()) as stack:
        LiveRun(stack, script).run()


def new_run_folder():
    """Old runs are kept out of the way of new ones, not for ever."""
    RUN_ROOT.mkdir(parents=True, exist_ok=True)
    runs = sorted(RUN_ROOT.glob("run-*"), key=lambda path: path.stat().st_mtime)
    for old in runs[:-4]:
        shutil.rmtree(old, ignore_errors=True)
    return tempfile.mkdtemp(prefix=time.strftime("run-%Y%m%d-%H%M%S."), dir=RUN_ROOT)


class LiveRun:
    def __init__(self, stack, script):
        self.stack = stack
        self.script = script
        # What a short run needs, such as short windows; then what the user wants.
        self.given = script.trial_vars() | options()
        self.log = stack.folder / f"{script.name}.json"
        self.log.touch()
        self.sent = 0

    def run(self):
        say(f"== stack: in {self.stack.folder} ==")
        self.stack.start_influxd()
        say("InfluxDB      ", self.stack.influxdb.url)
        self.stack.start_udfd()
        say(f"functions      {self.stack.sockets}/*.sock")
        through = self.through_kapacitor if programs.have_kapacitor() else self.through_host
        self.show(through())

    def through_kapacitor(self):
        stack, task = self.stack, self.script.name
        stack.start_kapacitord()
        say("kapacitord    ", stack.kapacitor.url)
        stack.create_database("demo")
        stack.start_task(task, self.script, self.given)
        words = " ".join(f"{name}={value}" for name, value in self.given.items())
        say(f"task           {task}, from tick/{task}.tick {words}")
        self.generate("--kapacitor-url", stack.kapacitor.url)
        wait_until(60, lambda: stack.kapacitor.processed(task, self.script) == self.sent)
        settled(30, self.stored)
        processed = stack.kapacitor.processed(task, self.script)
        results = stack.kapacitor.node_stat(task, "influxdb_out", "points_written")
        return Counts("kapacitord", processed, results)

    def through_host(self):
        say("no kapacitord  on PATH, nor by KAPACITORD=, nor by make real: kapacitor-udf-host "
            "takes its place")  # fmt: skip
        stack, summary = self.stack, self.stack.folder / "host.json"
        stack.create_database("demo")
        stack.start("kapacitor-udf-host", [
            BIN / "kapacitor-udf-host", "run", *stack.host_task(self.script, self.given),
            "--task", self.script.name, "--listen", "127.0.0.1:0",
            "--influxdb", stack.influxdb.url, "--db", "demo", "--output", self.log,
            "--out-influxdb", f"{stack.influxdb.url}/{OUT_DATABASE}",
            "--out-measurement", self.script.name, "--summary", summary])  # fmt: skip
        stack.bring_up("kapacitor-udf-host", 30, lambda: stack.influxdb.is_subscribed("demo"))
        self.generate("--subscribe", "off")
        if self.script.gives_one_for_each:
            wait_until(60, lambda: self.stored() >= self.sent)
        settled(30, self.stored)
        self.stop_host()
        told = json.loads(summary.read_text())
        taken = told["received"] - told["filtered"] if told["in_windows"] > 0 else told["sent"]
        return Counts("kapacitor-udf-host", taken, told["emitted"])

    def stop_host(self):
        self.stack.stop("kapacitor-udf-host")
        if self.stack.exit_status["kapacitor-udf-host"] != 0:
            say(self.stack.last_lines("kapacitor-udf-host", 3))

    def generate(self, *flags):
        report = self.stack.folder / "generator.json"
        duration = seconds_or_duration(parameter("DURATION", "20s"))
        say(f"\n== generator: {duration} of live stream ==")
        generator = [BIN / "kapacitor-udf-generator", "--url", self.stack.influxdb.url,
                     "--db", "demo", "--duration", duration, "--report", report,
                     "--labels", self.stack.folder / "labels.jsonl", *stream_flags(), *flags]  # fmt: skip
        if subprocess.run(generator).returncode != 0:
            raise Failure("the generator failed")
        self.sent = json.loads(report.read_text())["accepted"]

    def stored(self):
        return self.stack.influxdb.count(OUT_DATABASE, self.script.name)

    def show(self, counts):
        name, stored = self.script.name, self.stored()
        with open(self.log) as log:
            logged, late = count_and_late(log)
        say(f"\n== result: {name}, by {counts.shown_by} ==")
        for what, count, remark in (
            ("points sent", self.sent, "by the generator, all accepted by InfluxDB"),
            ("points processed", counts.processed, f"by {self.script.function}"),
            ("results", counts.results, "written by the function"),
            ("points written back", stored,
             f"in {OUT_DATABASE}.autogen.{name}, counted by InfluxDB"),
            ("points out of order", late, f"of the {logged} in the JSON log"),
        ):  # fmt: skip
            say(f"{what:<22} {count:>10}   {remark}")
        self.show_files()
        self.compare(counts, stored, late)

    def show_files(self):
        say("\nThe first lines of the JSON log:")
        with open(self.log) as log:
            say("".join(line for line, _ in zip(log, range(3))))
        say(f"Everything is in {self.stack.folder}:")
        for path in sorted(self.stack.folder.iterdir()):
            if path.is_file() and not path.name.startswith("."):
                say(f"  {path.name}")

    def compare(self, counts, stored, late):
        checks = [
            ("points processed", counts.processed, self.sent),
            ("points written back", stored, counts.results),
            ("points out of order", late, 0),
        ]
        if self.script.gives_one_for_each:
            checks.append(("results", counts.results, self.sent))
        wrong = [f"{what}: {count}, expected {expected}"
                 for what, count, expected in checks if count != expected]  # fmt: skip
        if wrong:
            raise Failure(f"the counts do not agree: {'; '.join(wrong)}")
