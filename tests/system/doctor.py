"""kapacitor-udfd --doctor on a real kapacitord: a task whose function is killed is named, with what
to do; --revive enables it again when the function is back, and points flow. Nothing changes before.
"""

import getpass
import signal
import subprocess

from system import BIN, Writer, expect, expect_equal, results, run_test, wait_until, whole_stack
from stack_lib.tick_script import TickScript


class Doctor:
    def __init__(self, stack):
        self.stack = stack

    def examine(self, *flags):
        """Its exit code, and its lines by what they are about."""
        done = subprocess.run(
            [BIN / "kapacitor-udfd", "--doctor", self.stack.folder / "kapacitor.conf",
             "--kapacitor-user", getpass.getuser(), *flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, check=False)  # fmt: skip
        self.log = done.stderr
        self.text = done.stdout + done.stderr
        return done.returncode

    def line(self, about):
        """The last line about that, without blanks that align it."""
        found = [line for line in self.text.splitlines() if f"  {about}: " in line]
        expect(found, f"no line about {about} in:\n{self.text}")
        return found[-1]

    def expect_line(self, about, *parts):
        line = self.line(about)
        for part in parts:
            expect(part in line, f"the line about {about} has no {part!r}: {line}")


def write_until_stopped(stack, writer, task):
    """Kapacitor notices the end of a function at its next point."""

    def stopped():
        writer.write("a", 1, 1)
        return not stack.kapacitor.executes(task)

    expect(wait_until(20, stopped), "the task goes on without its function")


def test():
    with whole_stack("--isolate", "none") as stack:
        writer, doctor = Writer(stack.influxdb), Doctor(stack)
        script = TickScript("moving_average")
        stack.start_task("averages", script, {"measurement": "sensors", "field": "value"})
        writer.write("a", 1, 20)
        expect(wait_until(20, lambda: results(stack, "moving_average", "avg") > 0), "no point comes back")
        expect_equal("exit code if all is well", 0, doctor.examine())
        doctor.expect_line("task averages", "ok ", "executing")
        doctor.expect_line("function moving_average", "ok ", "is served")

        stack.stop("kapacitor-udfd", signal.SIGKILL)
        write_until_stopped(stack, writer, "averages")
        expect_equal("exit code without the function", 1, doctor.examine("--revive"))
        doctor.expect_line("function moving_average", "error ", "nobody serves", "start kapacitor-udfd")
        doctor.expect_line("task averages", "error ", "not revived: its function moving_average cannot be used")
        expect_equal("tries without the function", 0, doctor.log.count("enabling a task again"))

        # The socket's file is still there: that it is served is in the log.
        stack.start_udfd("--isolate", "none")
        log = stack.log_of("kapacitor-udfd")
        expect(wait_until(20, lambda: log.read_text().count("serving functions=") == 2), "udfd did not start")
        expect_equal("exit code with the task dead", 1, doctor.examine())
        doctor.expect_line("function moving_average", "ok ")
        doctor.expect_line("task averages", "error ", "enabled, but not executing", "--revive")
        expect(not stack.kapacitor.executes("averages"), "the doctor has changed something without --revive")

        before = results(stack, "moving_average", "avg")
        expect_equal("exit code of --revive", 0, doctor.examine("--revive"))
        doctor.expect_line("task averages", "ok ", "revived, try 1")
        expect_equal("tries in the log", 1, doctor.log.count("enabling a task again task=averages try=1"))
        writer.write("a", 1, 20)
        expect(wait_until(20, lambda: results(stack, "moving_average", "avg") > before), "no point comes back after --revive")

        stack.stop("kapacitord")
        expect_equal("exit code without kapacitord", 3, doctor.examine())
        doctor.expect_line("kapacitord", "error ", "--kapacitor URL")


if __name__ == "__main__":
    run_test(test)
