"""The supervisor itself is killed again and again under load (kill -9), and systemd starts the next
one with the connections that it has kept. kapacitord does not notice.

PAUSE=2 (s) between two kills may be another value; disturbed_load.py has more. The systemd is a private
one (--user), in namespaces of its own: nothing outside is touched.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from disturbed_load import Disturber, ReadyMade, run_load
from system import BIN, Impossible, expect, expect_equal, run_test, say, whole_stack

PAUSE = float(os.environ.get("PAUSE") or 2)
SYSTEMD = "/lib/systemd/systemd"
NAMESPACES = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
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
exec {namespaces} sh -c '
  mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/user/0
  export XDG_RUNTIME_DIR=/run/user/0 XDG_CONFIG_HOME={folder}/config
  {systemd} --user &
  until systemctl --user start udfd 2>/dev/null; do sleep 0.2; done
  wait'
"""
# Whether such a systemd comes up at all.
TRIAL = f"""
  mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/user/0 || exit 1
  export XDG_RUNTIME_DIR=/run/user/0
  {SYSTEMD} --user &
  for i in $(seq 50); do
    systemctl --user show --property=Version && exit 0
    sleep 0.2
  done
  exit 1
"""


def need_systemd():
    if os.geteuid() != 0 or not Path(SYSTEMD).exists():
        raise Impossible("needs root and systemd")
    trial = subprocess.run([*NAMESPACES, "sh", "-c", TRIAL], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if trial.returncode != 0:
        raise Impossible(f"no systemd --user in namespaces of one's own: {trial.stderr.strip()[-300:]}")


def starter(folder):
    """A program to be run in place of kapacitor-udfd; and the copy of that which it has systemd run."""
    program, script = folder / "udfd", folder / "start"
    shutil.copy(BIN / "kapacitor-udfd", program)
    (folder / "config/systemd/user").mkdir(parents=True)
    (folder / "unit").write_text(UNIT)
    script.write_text(STARTER.format(program=program, folder=folder, systemd=SYSTEMD, namespaces=" ".join(NAMESPACES)))
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
