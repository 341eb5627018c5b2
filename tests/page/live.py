"""kapacitor-udfd with its status page, and a stream through two of its functions: anomaly, with three
hosts whose values are usual but for a spike now and then, and moving_average, which lacks a field.
"""

import contextlib
import math
import os
import random
import re
import subprocess
import tempfile
import threading
import time
from pathlib import Path

BIN = Path(os.environ.get("KAPACITOR_UDF_BIN", Path(__file__).resolve().parents[2] / "build" / "bin"))
# A tag as somebody might choose it who wants to be more than text.
HOSTS = ("web-1", "web-2", "<img src=//example.com/x onerror=document.title='gotcha'>")
LEARNED = 3000  # points of each host before anybody looks
EVERY = 0.1  # seconds


def escaped(tag):
    return re.sub(r"([ ,=])", r"\\\1", tag)


def wait_until(true, seconds, what):
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, what
        time.sleep(0.05)
    return found


class Live:
    """with Live("--isolate", "none") as live: live.url, live.spike()"""

    def __init__(self, *flags):
        self.folder = tempfile.TemporaryDirectory(prefix="kapacitor-udf-page.")
        self.log = Path(self.folder.name) / "udfd.log"
        self.programs = []
        self.random = random.Random(7)
        self.spikes = 0
        self.over = threading.Event()
        self.start("kapacitor-udfd", "--socket-dir", self.folder.name, "--metrics", "127.0.0.1:0",
                   "--log-file", self.log, "--function", "anomaly", "--function", "moving_average", *flags)  # fmt: skip
        self.url = f"http://127.0.0.1:{self.port()}"

    def __enter__(self):
        common = ["run", "--input", "-", "--measurement", "cpu", "--group-by", "host", "--output", os.devnull]
        self.hosts = [
            self.start("kapacitor-udf-host", *common, "--socket", f"{self.folder.name}/{name}.sock",
                       "--task", task, "--node", f"{name}2", *options, stdin=subprocess.PIPE)
            for name, task, options in (
                ("anomaly", "cpu_anomalies", ["--opt", "field=usage"]),
                ("moving_average", "averages", ["--opt", "field=idle", "--opt", "size=10"]))]  # fmt: skip
        now = time.time()
        for i in range(LEARNED, 0, -1):
            self.write(now - i * EVERY)
        self.writer = threading.Thread(target=self.write_on)
        self.writer.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        if hasattr(self, "writer"):
            self.writer.join()
        for program in reversed(self.programs):
            program.terminate()
        for program in reversed(self.programs):
            program.wait()
            if program.stdin:
                with contextlib.suppress(BrokenPipeError):
                    program.stdin.close()
        self.folder.cleanup()

    def start(self, name, *words, stdin=subprocess.DEVNULL):
        with open(Path(self.folder.name) / f"{name}.err", "ab") as log:
            program = subprocess.Popen([BIN / name, *words], stdin=stdin, stdout=log, stderr=log)
        self.programs.append(program)
        return program

    def port(self):
        said = re.compile(r"metrics served address=\S+:(\d+)")
        found = wait_until(lambda: self.log.exists() and said.search(self.log.read_text()), 30, "it serves no metrics")
        return int(found[1])

    def write(self, when):
        spikes, self.spikes = self.spikes, 0
        usages, idles = [], []
        for n, host in enumerate(HOSTS):
            usage = 40 + 8 * n + 12 * math.sin(when / 9 + n) + self.random.gauss(0, 1) + 80 * (n == 0) * spikes
            head = f"cpu,host={escaped(host)}"
            usages.append(f"{head} usage={usage} {int(when * 1e9)}\n")
            idles.append(f"{head} {'busy' if n == 1 else 'idle'}={100 - usage} {int(when * 1e9)}\n")
        for program, lines in zip(self.hosts, (usages, idles)):
            try:
                program.stdin.write("".join(lines).encode())
                program.stdin.flush()
            except BrokenPipeError:
                pass  # the test has ended what it was for

    def write_on(self):
        while not self.over.wait(EVERY):
            self.write(time.time())

    def spike(self):
        """The next value of web-1 is far from usual."""
        self.spikes = 1
