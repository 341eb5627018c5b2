"""What the system tests share. A test prints why it is skipped and exits with 77, or says what was
expected and how the logs end.
"""

import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tick"))

from stack_lib import programs
from stack_lib.parameters import OUT_DATABASE
from stack_lib.processes import Failure, exit_on_signals, free_port, say, settled, wait_until
from stack_lib.programs import BIN
from stack_lib.stack import Stack

__all__ = ["BIN", "OUT_DATABASE", "free_port", "programs", "say", "settled", "wait_until"]


class Skipped(Exception):
    """For want of a program that make real builds."""


class Impossible(Exception):
    """What this machine does not allow."""


def need_influxd():
    if not programs.influxd():
        raise Skipped("influxd is not installed (Debian: apt-get install influxdb)")


def need_kapacitor():
    need_influxd()
    if not programs.have_kapacitor():
        raise Skipped("no kapacitord and kapacitor on PATH, nor by "
                      "KAPACITORD=/path/to/kapacitord, nor by make real")  # fmt: skip


def run_test(test):
    exit_on_signals()
    try:
        test()
    except Skipped as reason:
        say(f"SKIPPED: {reason}")
        sys.exit(77)
    except Impossible as reason:
        say(f"cannot run on this machine: {reason}")
        sys.exit(77)
    except Failure as failure:
        sys.exit(f"{Path(sys.argv[0]).name}: {failure}")


def show_logs(folder):
    for log in sorted(Path(folder).glob("**/*.log")):
        lines = log.read_text(errors="replace").splitlines()[-20:]
        print(f"==> {log.name}", *lines, sep="\n", file=sys.stderr)


@contextmanager
def whole_stack(*udfd_flags, more_functions=(), udfd=None):
    """InfluxDB, kapacitor-udfd (or that program) and kapacitord, with its snapshots every two seconds;
    kapacitor.conf knows the shipped functions and these.
    """
    need_kapacitor()
    with Stack() as stack:
        stack.udfd_program = udfd or stack.udfd_program
        try:
            stack.more_functions = more_functions
            stack.start_influxd()
            stack.start_udfd(*udfd_flags)
            stack.start_kapacitord({"KAPACITOR_TASK_SNAPSHOT_INTERVAL": "2s"})
            stack.create_database("demo")
            yield stack
        except Failure:
            show_logs(stack.folder)
            raise


def run_command(command, way):
    """Runs a command of tick/stack.py in a folder of its own; way "host" is without kapacitord."""
    if way == "host":
        need_influxd()
        os.environ["KAPACITORD"] = "none"
    else:
        need_kapacitor()
    with tempfile.TemporaryDirectory(prefix="kapacitor-udf-test.") as folder:
        environment = {**os.environ, "RUN_ROOT": folder}
        status = os.spawnlpe(os.P_WAIT, sys.executable, sys.executable,
                             str(programs.PROJECT / "tick" / "stack.py"), command, environment)  # fmt: skip
        if status != 0:
            show_logs(folder)
            raise Failure(f"stack.py {command} ended with {status}")


def expect(condition, what):
    if not condition:
        raise Failure(what)


def expect_equal(what, expected, got):
    expect(expected == got, f"{what}: expected {expected!r}, got {got!r}")


class Writer:
    """Points into demo.autogen.sensors, each a millisecond after the one before."""

    def __init__(self, influxdb):
        self.influxdb = influxdb
        self.clock = int(time.time()) * 1_000_000_000

    def write(self, host, value, count):
        lines = []
        for _ in range(count):
            self.clock += 1_000_000
            lines.append(f"sensors,host={host} value={value} {self.clock}")
        self.influxdb.write("demo", lines)


def results(stack, measurement, field):
    """How many came back."""
    return stack.influxdb.count(OUT_DATABASE, measurement, field)


def last_result(stack, field, measurement, host):
    """The newest value that came back."""
    statement = f"SELECT last(\"{field}\") FROM \"{measurement}\" WHERE host = '{host}'"
    series = stack.influxdb.query(statement, OUT_DATABASE)
    return series[0]["values"][0][1] if series else None
