"""kapacitor-udfd as systemd runs it, by the units that are installed: started by a connection to one of
the sockets, reloaded, hanging, killed, stopped; a task goes on through all of that but the last.

The systemd is a private one, so that what needs the machine's own is left out of the units: the
sandbox and the user. service_units.py judges these.
"""

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from private_systemd import UNITS, inside, need_systemd, property_of, service_text, systemctl, wait_for
from system import BIN, expect, expect_equal, run_test, say, wait_until

SERVICE = "kapacitor-udfd.service"
SOCKETS = Path("/run/kapacitor-udf")
# What a systemd --user has of a service or socket.
KEPT = re.compile(
    r"#|\[|$|Description|Documentation|Before|StartLimit|Type|Exec|Restart|Watchdog|Timeout|FileDescriptor"
    r"|KillMode|ListenStream|Service|DirectoryMode|WantedBy"
)


def make_units(folder, config):
    units = config / "systemd/user"
    units.mkdir(parents=True)
    shutil.copy(BIN / "kapacitor-udfd", folder / "kapacitor-udfd")
    (folder / "kapacitor-udfd.toml").write_text("")
    texts = {SERVICE: service_text(folder, folder)}
    for name in ("kapacitor-udfd.socket", "kapacitor-udfd@.socket"):
        texts[name] = (UNITS / name).read_text()
    for name, text in texts.items():
        kept = [line for line in text.splitlines() if KEPT.match(line)]
        if name == SERVICE:
            at = kept.index("[Service]") + 1
            kept.insert(at, f"StandardError=append:{folder / 'log'}")
        (units / name).write_text("\n".join(kept) + "\n")


class Task:
    """A conversation that the host has with a function, as long as it lives. Each point is answered with
    the mean of its value and the one before.
    """

    def __init__(self, function="moving_average"):
        command = [BIN / "kapacitor-udf-host", "run", "--socket", SOCKETS / f"{function}.sock", "--input", "-",
                   "--task", "of_test", "--opt", "field='value'", "--opt", "size=2"]  # fmt: skip
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        self.answers = queue.Queue()
        self.value = 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.answers.put(float(re.search(r'"avg":([\d.]+)', line)[1]))

    def goes_on(self):
        """It does, and knows the point before. Returns: after how many seconds it answered."""
        begin = time.monotonic()
        self.value += 2
        now = time.time_ns()
        self.process.stdin.write(f"m value={self.value}.0 {now}\n")
        self.process.stdin.flush()
        try:
            answer = self.answers.get(timeout=30)
        except queue.Empty:
            answer = None
        expect_equal("answer to the point", self.value if self.value == 2 else self.value - 1, answer)
        return time.monotonic() - begin

    def is_over(self):
        return wait_until(20, lambda: self.process.poll() is not None)


def main_pid():
    return int(property_of(SERVICE, "MainPID"))


def expect_status(wanted):
    wait_for(SERVICE, "StatusText", wanted)


def started_by_a_connection():
    expect_equal("output of systemctl start", "", systemctl("start", "kapacitor-udfd.socket"))
    expect_equal("state before", "inactive", property_of(SERVICE, "ActiveState"))
    task = Task()
    task.goes_on()
    wait_for(SERVICE, "ActiveState", "active")
    expect_status("24 functions, 1 task")
    say("a connection has started the service")
    return task


def reloaded(task, folder):
    pid = main_pid()
    expect_equal("output of systemctl reload", "", systemctl("reload", SERVICE))
    log = folder / "log"
    expect(wait_until(20, lambda: "taken over from" in log.read_text()), "nobody has taken over")
    wait_for(SERVICE, "ActiveState", "active")
    expect_equal("process after the reload", pid, main_pid())
    task.goes_on()
    config = folder / "kapacitor-udfd.toml"
    config.write_text('log-level = "loud"\n')
    systemctl("reload", SERVICE)
    expect_status(r"Reload failed: .*kapacitor-udfd.toml:1:\d+: .*loud.*; as before: 24 functions, 1 task")
    wait_for(SERVICE, "ActiveState", "active")
    task.goes_on()
    config.write_text('log-level = "info"\n')
    systemctl("reload", SERVICE)
    expect_status("24 functions, 1 task")
    task.goes_on()
    say("reloaded; a wrong configuration is refused and told")


def restarted(task, how, sent):
    """By that signal to the supervisor. Returns: after how many seconds the task went on."""
    before, pid = int(property_of(SERVICE, "NRestarts")), main_pid()
    begin = time.monotonic()
    os.kill(pid, sent)
    task.goes_on()
    lasted = time.monotonic() - begin
    wait_for(SERVICE, "NRestarts", str(before + 1))
    wait_for(SERVICE, "ActiveState", "active")
    expect(main_pid() != pid, "the same process goes on")
    expect_status("24 functions, 1 task")
    say(f"{how}: replaced, and the task went on within {lasted:.1f} s")
    return lasted


def hanging_and_killed(task):
    # On a busy machine the start alone takes seconds; systemd's part is 4 s.
    lasted = restarted(task, "hangs", signal.SIGSTOP)
    expect(3 < lasted < 20, f"a supervisor that hangs was replaced after {lasted:.1f} s")
    restarted(task, "killed", signal.SIGKILL)


def stopped(task):
    systemctl("stop", "kapacitor-udfd.socket", SERVICE)
    wait_for(SERVICE, "ActiveState", "inactive")
    expect_equal("result of the service", "success", property_of(SERVICE, "Result"))
    expect_equal("its exit code", "0", property_of(SERVICE, "ExecMainStatus"))
    expect(task.is_over(), "the task lives on without the service")
    say("stopped, and the task with it")


def one_function_by_the_template():
    expect_equal("output of systemctl start", "", systemctl("start", "kapacitor-udfd@ewma.socket"))
    systemctl("start", SERVICE)
    expect_status("1 function, 0 tasks")
    systemctl("stop", "kapacitor-udfd@ewma.socket", SERVICE)
    wait_for(SERVICE, "ActiveState", "inactive")
    say("a socket of the template has its function served, and no other")


def not_restarted_with_wrong_options(folder):
    (folder / "kapacitor-udfd.toml").write_text("sokcet-dir = 1\n")
    systemctl("start", SERVICE)
    wait_for(SERVICE, "ActiveState", "failed")
    expect_equal("result of the service", "exit-code", property_of(SERVICE, "Result"))
    expect_equal("restarts", "0", property_of(SERVICE, "NRestarts"))
    expect('"sokcet-dir" is no key' in (folder / "log").read_text(), "the log does not say what is wrong")
    say("wrong options end the service at once")


def test_inside(folder):
    task = started_by_a_connection()
    try:
        reloaded(task, folder)
        hanging_and_killed(task)
        stopped(task)
        one_function_by_the_template()
        not_restarted_with_wrong_options(folder)
    finally:
        print((folder / "log").read_text()[-4000:], file=sys.stderr)


def test():
    need_systemd()
    with tempfile.TemporaryDirectory(prefix="kapacitor-udf-test.") as name:
        folder, config = Path(name), Path(name) / "config"
        make_units(folder, config)
        again = f"exec {sys.executable} -B {Path(__file__).resolve()} {folder}"
        sys.exit(subprocess.run(inside(again, config)).returncode)


if __name__ == "__main__":
    run_test(test if len(sys.argv) == 1 else lambda: test_inside(Path(sys.argv[1])))
