"""Starting, watching and ending processes that belong together."""

import collections
import contextlib
import fcntl
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path


class Failure(Exception):
    """What went wrong, in one line for the user."""


def say(*words, end="\n"):
    print(*words, end=end, flush=True)


def wait_until(seconds, condition):
    """Asks until it is true, and says whether it became so in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(0.1)
    return True


def settled(seconds, measure):
    """What is measured, as soon as it has stayed the same for a second."""
    end = time.monotonic() + seconds
    last, same = measure(), 0
    while same < 5 and time.monotonic() < end:
        time.sleep(0.2)
        now = measure()
        same = same + 1 if now == last else 0
        last = now
    return last


def free_port():
    """A loopback port on which nobody listens, below those the system hands out by itself."""
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.randrange(20000, 32000)))
                return probe.getsockname()[1]
            except OSError:
                pass


# What runs here is on this machine: no proxy stands between.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def http(url, data=None, timeout=30):
    """The body of the answer to a GET, or to a POST of the data."""
    try:
        with _opener.open(url, data, timeout) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        text = error.read().decode(errors="replace").strip()
        raise Failure(f"{url} answered {error.code}: {text}") from None
    except OSError as error:
        raise Failure(f"{url}: {error}") from None


def answers(url):
    try:
        http(url, timeout=5)
    except Failure:
        return False
    return True


def exit_on_signals():
    """An end by a signal is an end like any other: what was started is ended first."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda n, _: sys.exit(128 + n))


@contextlib.contextmanager
def signals_ignored():
    numbers = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    yield
    for number, handler in zip(numbers, before):
        signal.signal(number, handler)


def how_it_ended(status):
    """An exit status of subprocess in words."""
    return f"by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


class Processes:
    """Processes with their logs in one folder. As a context: all have ended when it ends.

    Sockets get a short path of their own, because a UNIX socket's path ends at 107 characters.
    """

    def __init__(self, folder=None):
        """Without a folder it is a temporary one."""
        self._temporary = folder is None
        self.folder = Path(folder or tempfile.mkdtemp(prefix="kapacitor-udf-stack."))
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = open(self.folder / ".lock", "w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise Failure(f"another run is using {self.folder}") from None
        for log in self.folder.glob("*.log"):
            log.unlink()
        self.sockets = Path(tempfile.mkdtemp(prefix="kapacitor-udf."))
        self._running = {}
        self.exit_status = collections.defaultdict(int)
        self.last_acts = []

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        with signals_ignored():
            self._end()

    def _end(self):
        for act in self.last_acts:
            act()
        for name in reversed(list(self._running)):
            self.stop(name)
        shutil.rmtree(self.sockets, ignore_errors=True)
        self._lock.close()
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def log_of(self, name):
        return self.folder / f"{name}.log"

    def last_lines(self, name, count):
        log = self.log_of(name)
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return "\n".join(lines[-count:])

    def start(self, name, command, environment=None):
        """A session of its own keeps Ctrl-C from ending all at once: they end in order."""
        with open(self.log_of(name), "ab") as log:
            self._running[name] = subprocess.Popen(
                list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment, start_new_session=True)  # fmt: skip

    def pid(self, name):
        return self._running[name].pid

    def running(self, name):
        return name in self._running and self._running[name].poll() is None

    def ended(self):
        """What has ended by itself, as a sentence for each; empty while all run."""
        return "; ".join(
            f"{name} has ended ({how_it_ended(process.returncode)}), its log is {self.log_of(name)}"
            for name, process in self._running.items() if process.poll() is not None)  # fmt: skip

    def wait(self, name, seconds=None):
        """Until it ends by itself; its exit status."""
        process = self._running.pop(name)
        self.exit_status[name] = process.wait(seconds)
        return self.exit_status[name]

    def stop(self, name, number=signal.SIGTERM):
        """Ends it and waits for that; by force after ten seconds."""
        if name not in self._running:
            return
        self._running[name].send_signal(number)
        try:
            self._running[name].wait(10)
        except subprocess.TimeoutExpired:
            self._running[name].kill()
        self.wait(name)

    def bring_up(self, name, seconds, ready):
        """Waits until it answers, or shows why it does not."""
        wait_until(seconds, lambda: not self.running(name) or ready())
        if not self.running(name) or not ready():
            print(self.last_lines(name, 15), file=sys.stderr)
            raise Failure(f"{name} did not start; its log is {self.log_of(name)}")
