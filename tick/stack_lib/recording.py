"""`stack.py test`: defines a task, records the live stream, replays the recording through the
function and shows the JSON log. And `stack.py del_recording`.
"""

import gzip
import json
import shutil
import subprocess
import time

from . import programs
from .parameters import OUT_DATABASE, options, parameter, record_seconds, stream_flags
from .processes import Failure, say, settled
from .programs import BIN, RUN_ROOT
from .results import count_and_late
from .stack import Stack
from .tick_script import TickScript
from .up import UP_FOLDER, find_up

TEST_FOLDER = RUN_ROOT / "test"


def test():
    programs.need("kapacitor-udf-generator", "kapacitor-udf-host", "kapacitor-udfd")
    script = TickScript(parameter("FUNCTION", "moving_average"))
    seconds = record_seconds()
    with Stack(TEST_FOLDER) as stack:
        recording = Recording(stack, script, seconds)
        if programs.have_kapacitor():
            recording.by_kapacitor()
        else:
            recording.by_host()
        recording.show_results()
    say("\nmake del_recording deletes the recording.")


def del_recording():
    if found := find_up():
        for kind in ("replays", "recordings"):
            delete(found[1], kind)
    if TEST_FOLDER.is_dir():
        shutil.rmtree(TEST_FOLDER)
        say(f"{TEST_FOLDER} deleted")


def delete(kapacitor, kind):
    made = [each["id"] for each in kapacitor.get(f"{kind}?pattern=udf-test-*&limit=1000")[kind]]
    if made:
        kapacitor.client("delete", kind, *made)
    say(f"kapacitord: {len(made)} {kind} deleted")


class Recording:
    def __init__(self, stack, script, seconds):
        self.stack = stack
        self.script = script
        self.seconds = seconds
        self.id = time.strftime("udf-test-%Y%m%d-%H%M%S")
        self.task = f"udf_test_{script.name}"
        self.log = stack.folder / f"{self.task}.json"
        self.log.write_text("")
        self.recorded = None

    # ---- The live stream

    def stream_is_on(self):
        statement = "SELECT count(*) FROM sensors WHERE time > now() - 3s"
        series = self.stack.influxdb.query(statement, "demo")
        return any(count for each in series for row in each["values"] for count in row[1:])

    def ensure_stream(self, *flags):
        """A generator of ours, unless somebody's is writing already."""
        if self.stream_is_on():
            say("A live stream runs into the database demo.")
            return
        say("Nothing is being written to the database demo: a generator starts for this test.")
        generator = [BIN / "kapacitor-udf-generator", "--url", self.stack.influxdb.url, "--db", "demo"]
        self.stack.start("generator", [*generator, *stream_flags(), *flags])
        self.stack.bring_up("generator", 30, self.stream_is_on)

    # ---- By kapacitord

    def by_kapacitor(self):
        replay_folder = self.ensure_kapacitor()
        kapacitor = self.stack.kapacitor
        self.ensure_stream("--kapacitor-url", kapacitor.url)
        given = {"outMeasurement": self.id} | options()
        kapacitor.define(self.task, self.script, self.stack.folder, given)
        say(f"Task {self.task} is defined, from tick/{self.script.name}.tick.")
        self.record_by_kapacitor(replay_folder)
        say(f"Replaying it through @{self.script.function}() ...")
        kapacitor.client("replay", "-replay-id", self.id, "-recording", self.id,
                         "-task", self.task, "-rec-time")  # fmt: skip
        made, replayed = (kapacitor.get(f"{kind}/{self.id}") for kind in ("recordings", "replays"))
        say(f"Recording: {made['status']}, {made['size']} bytes {made['error']}")
        say(f"Replay:    {replayed['status']} {replayed['error']}")

    def ensure_kapacitor(self):
        """The folder of the recordings of the Kapacitor that is up, or of one of our own."""
        if found := find_up():
            self.stack.influxdb, self.stack.kapacitor = found
            say(f"Using kapacitord at {found[1].url} and InfluxDB at {found[0].url}.")
            return UP_FOLDER / "kapacitor" / "replay"
        say("kapacitord is not up (in another terminal: make kapacitord_up): a private stack starts.")
        self.stack.start_influxd()
        self.stack.start_udfd()
        self.stack.start_kapacitord()
        self.stack.create_database("demo")
        return self.stack.folder / "kapacitor" / "replay"

    def record_by_kapacitor(self, replay_folder):
        client = self.stack.kapacitor.client
        if self.script.is_batch:
            say(f"Waiting {self.seconds}s, to record what the task's query answers for them, "
                f"as {self.id} ...")  # fmt: skip
            time.sleep(self.seconds)
            client("record", "batch", "-recording-id", self.id, "-task", self.task,
                   "-past", f"{self.seconds}s")  # fmt: skip
            return
        say(f"Recording the live stream for {self.seconds}s as {self.id} ...")
        client("record", "stream", "-recording-id", self.id, "-task", self.task,
               "-duration", f"{self.seconds}s")  # fmt: skip
        # In the file a point is three lines: database, retention policy, line protocol.
        with gzip.open(replay_folder / f"{self.id}.srpl") as file:
            self.recorded = sum(1 for _ in file) // 3

    # ---- By kapacitor-udf-host

    def by_host(self):
        say("No kapacitord on PATH, nor by KAPACITORD=, nor by make real: kapacitor-udf-host "
            "records and replays.")  # fmt: skip
        self.ensure_influxdb()
        self.stack.start_udfd()
        self.ensure_stream("--subscribe", "off")
        file = self.stack.folder / f"{self.id}.srpl"
        say(f"Recording the live stream for {self.seconds}s into {file} ...")
        self.recorded = self.host(
            "record", file, "--listen", "127.0.0.1:0", "--influxdb", self.stack.influxdb.url,
            "--db", "demo", "--duration", f"{self.seconds}s")["received"]  # fmt: skip
        say(f"Replaying it through {self.script.function} ...")
        self.host(
            "replay", file, *self.stack.host_task(self.script, options()), "--rec-time",
            "--output", self.log, "--out-influxdb", f"{self.stack.influxdb.url}/{OUT_DATABASE}",
            "--out-measurement", self.id)  # fmt: skip

    def ensure_influxdb(self):
        if url := parameter("INFLUXDB_URL"):
            self.stack.use_influxdb(url)
        else:
            self.stack.start_influxd()
        self.stack.create_database("demo")

    def host(self, command, *arguments):
        """Runs a command of the host; its summary."""
        summary = self.stack.folder / f"{command}.json"
        flags = ["--summary", summary, "--log-level", "warn"]
        done = subprocess.run([BIN / "kapacitor-udf-host", command, *arguments, *flags])
        if done.returncode != 0:
            raise Failure(f"kapacitor-udf-host {command} failed")
        return json.loads(summary.read_text())

    # ---- What came out

    def show_results(self):
        stored = settled(30, lambda: self.stack.influxdb.count(OUT_DATABASE, self.id))
        with open(self.log) as log:
            logged, late = count_and_late(log)
        say("")
        if self.recorded is not None:
            say(f"points recorded      {self.recorded}")
        say(f'results              {stored} in InfluxDB, {OUT_DATABASE}.autogen."{self.id}"')
        say(f"points out of order  {late} of the {logged} in the JSON log {self.log}:")
        with open(self.log) as log:
            say("".join(line for line, _ in zip(log, range(5))), end="")
        self.judge(stored, late)

    def judge(self, stored, late):
        if late:
            raise Failure(f"{late} points came out of order")
        if not self.script.gives_one_for_each:
            return
        if stored == 0:
            raise Failure("the replay wrote nothing")
        if self.recorded is not None and stored != self.recorded:
            raise Failure(f"{self.recorded} points were recorded, but {stored} results written")
