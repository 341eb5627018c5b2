"""The supervisor itself is killed again and again under load (kill -9), and systemd starts the next
one with the connections that it has kept. kapacitord does not notice.

PAUSE=2 (s) between two kills may be another value; disturbed_load.py has more. The systemd is a private one.
"""

import os
import shlex
import shutil
import signal
import tempfile
from pathlib import Path

from disturbed_load import Disturber, ReadyMade, run_load
from private_systemd import inside, need_systemd
from system import BIN, expect, expect_equal, run_test, say, whole_stack

PAUSE = float(os.environ.get("PAUSE") or 2)
UNIT = """[Unit]
StartLimitIntervalSec=0
[Service]
Type=notify
ExecStart={command} --fd-store
Restart=always
RestartSec=0
FileDescriptorStoreMax=4096
KillMode=mixed
StandardError=append:{log}
"""
# What stands for kapacitor-udfd: its arguments go into the unit, its stderr is the log.
STARTER = """#!/bin/sh
sed -e "s|{{command}}|{program} $*|; s|{{log}}|$(readlink /proc/self/fd/2)|" {folder}/unit \
    >{folder}/config/systemd/user/udfd.service
exec {inside}
"""


def starter(folder):
    """A program to be run in place of kapacitor-udfd; and the copy of that which it has systemd run."""
    program, script = folder / "udfd", folder / "start"
    shutil.copy(BIN / "kapacitor-udfd", program)
    (folder / "config/systemd/user").mkdir(parents=True)
    (folder / "unit").write_text(UNIT)
    command = inside("systemctl --user start udfd; wait", folder / "config")
    script.write_text(STARTER.format(program=program, folder=folder, inside=shlex.join(command)))
    script.chmod(0o755)
    return script, program


def supervisors(program):
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0] == bytes(program) and b"--worker" not in words:
            yield int(entry.parent.name)


class Slowly(ReadyMade):
    """Points wait until systemd has started the next supervisor."""

    rate = "2000"


class Killer(Disturber):
    def __init__(self, stack, program):
        super().__init__(stack)
        self.program = program
        self.started = 0  # supervisors, when one was killed last

    def pauses(self):
        while True:
            yield PAUSE

    def disturb(self):
        # On a busy machine a start takes seconds, and Kapacitor waits for ten.
        started = self.log.read_text().count(" serving functions=")
        if started == self.started:
            return 0
        self.started = started
        killed = 0
        for pid in supervisors(self.program):
            os.kill(pid, signal.SIGKILL)
            killed += 1
        return killed


def test():
    need_systemd()
    with tempfile.TemporaryDirectory(prefix="kapacitor-udf-test.") as folder:
        script, program = starter(Path(folder))
        with whole_stack(udfd=script) as stack:
            killer = Killer(stack, program)
            kills = run_load(stack, Slowly(), killer)
            log = killer.log.read_text()
            say(f"{kills} supervisors killed; all values are right")
            # Some are killed before they can say it.
            went_on = log.count("going on after the end of the process before")
            expect(went_on >= 3, f"only {went_on} supervisors went on")
            for never in ("answers differently", "is of no use", "not kept"):
                expect_equal(f"lines with {never!r}", 0, log.count(never))


if __name__ == "__main__":
    run_test(test)
