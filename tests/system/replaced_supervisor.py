"""An upgrade under load, again and again: another file takes the program's place, and SIGHUP has the
supervisor and all workers replaced. kapacitord does not notice.

PAUSE=1.5 (s) between two upgrades may be another value; disturbed_load.py has more.
"""

import os
import shutil
import signal
import tempfile
from pathlib import Path

from disturbed_load import Disturber, ReadyMade, run_load
from system import BIN, expect, expect_equal, run_test, say, whole_stack

PAUSE = float(os.environ.get("PAUSE") or 1.5)
TAKEN_OVER = "taken over from the program before"


class Slowly(ReadyMade):
    """Each upgrade lets points wait for as long as a program takes to start."""

    rate = "2000"


class Upgrade(Disturber):
    def __init__(self, stack):
        super().__init__(stack)
        self.program = stack.udfd_program

    def pauses(self):
        while True:
            yield PAUSE

    def disturb(self):
        install(self.program)
        os.kill(self.stack.pid("kapacitor-udfd"), signal.SIGHUP)
        return 1


def install(program):
    """As a package does: a new file, renamed."""
    new = program.with_suffix(".new")
    shutil.copy(BIN / "kapacitor-udfd", new)
    new.rename(program)


def test():
    with tempfile.TemporaryDirectory(prefix="kapacitor-udf-test.") as folder:
        program = Path(folder) / "kapacitor-udfd"
        install(program)
        with whole_stack(udfd=program) as stack:
            upgrade = Upgrade(stack)
            asked = run_load(stack, Slowly(), upgrade)
            log = upgrade.log.read_text()
            upgrades = log.count(TAKEN_OVER)
            say(f"{upgrades} upgrades ({asked} signals); all values are right")
            expect(upgrades >= 5, f"only {upgrades} upgrades")
            for never in ("worker gone", "answers differently", "no other program takes over"):
                expect_equal(f"lines with {never!r}", 0, log.count(never))


if __name__ == "__main__":
    run_test(test)
