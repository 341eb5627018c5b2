"""isolation.py: what worker processes cost, and what they save, through the sockets of
kapacitor-udfd. Each row prints what it does, its figures and what is wanted of them:

  cost        a function behind workers beside the same one in the server's own process
  metrics     --metrics, asked for once a second as the status page does, beside none
  idle        wake-ups and memory of a server that has nothing to do
  neighbours  1,000 connections to ten functions; each second a worker of five of them is killed:
              the latency of the other five
  groups      1,000,000 groups, kill -9 in the middle: how long until all is answered again
  hang        a function that never returns for one value, among six others
  down        50,000 points/s into a function whose workers all die: memory, and the end

ROWS="cost idle": only these. ROUNDS=5 of `cost` and `metrics`; SECONDS_OF_KILLS=30; SECONDS_DOWN=60, which is
--max-down.
"""

import json
import os
import random
import re
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from support import BIN, Failure, Stack, main, programs, say

HOST = BIN / "kapacitor-udf-host"
SLOW_UDF = BIN.parent / "tests" / "slow_udf"
VALUE = ["--opt", "field=value"]
AVERAGE = [*VALUE, "--opt", "size=10"]
# Functions of one option, or two.
FUNCTIONS = {
    "moving_average": AVERAGE, "ewma": [*VALUE, "--opt", "alpha=0.1"], "rate": VALUE, "anomaly": VALUE,
    "change_point": VALUE, "outlier_score": AVERAGE, "moving_stats": [*AVERAGE, "--opt", "statistic=mean"], "quantile": [*VALUE, "--opt", "every=1m", "--opt", "quantile=0.9"],
    "cardinality": [*VALUE, "--opt", "every=1m"], "forecast": [*VALUE, "--opt", "interval=1s"],
}  # fmt: skip
ROUNDS = os.environ.get("ROUNDS") or "5"
SECONDS_OF_KILLS = int(os.environ.get("SECONDS_OF_KILLS") or 30)
SECONDS_DOWN = int(os.environ.get("SECONDS_DOWN") or 60)


# ---- Processes


def status_of(pid, name):
    """A number of /proc/PID/status, of all threads if it is one of theirs; 0 if the process is gone."""
    total = 0
    where = Path(f"/proc/{pid}/task").glob("*/status") if name.endswith("switches") else [Path(f"/proc/{pid}/status")]
    for file in where:
        try:
            found = re.search(rf"^{name}:\s+(\d+)", file.read_text(), re.M)
        except OSError:
            continue
        total += int(found[1]) if found else 0
    return total


def children(pid):
    found = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, file.read_text().split())
    return found


class Server:
    """kapacitor-udfd with some functions."""

    def __init__(self, stack, name, functions, *flags, config=""):
        self.stack, self.name = stack, name
        self.folder = Path(tempfile.mkdtemp(prefix="kapacitor-udf.", dir=stack.sockets))
        (self.folder / "conf.toml").write_text(config)
        named = [word for f in functions for word in ("--function", f)]
        stack.start(name, [BIN / "kapacitor-udfd", "--socket-dir", self.folder, *named, "--poison-dir", self.folder,
                           "--config", self.folder / "conf.toml", *flags])  # fmt: skip
        stack.bring_up(name, 15, self.socket(functions[0]).is_socket)

    @property
    def pid(self):
        return self.stack.pid(self.name)

    def socket(self, function):
        return self.folder / f"{function}.sock"

    def log(self):
        return self.stack.log_of(self.name).read_text(errors="replace")

    def worker(self, function):
        """The newest one, or None."""
        found = re.findall(rf"worker started function={function} pid=(\d+)", self.log())
        return int(found[-1]) if found else None

    def kill_worker(self, function):
        try:
            os.kill(self.worker(function), signal.SIGKILL)
            return True
        except (TypeError, ProcessLookupError):
            return False  # there is none at the moment

    def stop(self):
        self.stack.stop(self.name)


class Measurement:
    """kapacitor-udf-host bench, which runs while others do as well."""

    def __init__(self, socket, *arguments):
        self._report = tempfile.NamedTemporaryFile(suffix=".json")
        self._process = subprocess.Popen([HOST, "bench", "--socket", socket, *arguments, "--json", self._report.name],
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip

    def result(self):
        out, error = self._process.communicate()
        if self._process.returncode != 0:
            raise Failure(f"kapacitor-udf-host bench failed: {error.strip()}")
        return json.loads(Path(self._report.name).read_text())["targets"], out


def paced(socket, options, rate, seconds, *more):
    return Measurement(socket, *options, "--rate", str(rate), "--duration", f"{seconds}s", "--rounds", "1", *more)


def latencies(measurements):
    """The worst of each percentile, in ms, and whether all was answered."""
    rounds = [m.result()[0][0]["paced"][0]["rounds"][0] for m in measurements]
    lost = sum(r["sent"] - r["answered"] for r in rounds)
    worst = {name: 1000 * max(r[name] for r in rounds) for name in ("p50", "p99", "p99.9", "max")}
    return worst, lost, sum(r["sent"] for r in rounds)


def show(what, worst, lost, sent):
    figures = ", ".join(f"{name} {value:.1f}" for name, value in worst.items())
    say(f"{what}: {sent} points, {lost} without answer; ms: {figures}")


# ---- Rows


def median(values):
    return sorted(values)[len(values) // 2]


def cost(stack):
    say("a function behind a worker and in the server's own process; wanted: 0.10 us a point more, 30 us p50 more")
    behind = Server(stack, "isolated", ["moving_average"], "--threads", "1", "--log-level", "info")
    within = Server(stack, "together", ["moving_average"], "--threads", "1", "--isolate", "none")
    found, text = Measurement(
        behind.socket("moving_average"), "--vs-socket", within.socket("moving_average"), *AVERAGE,
        "--rate", "max", "--rate", "1000", "--rounds", ROUNDS).result()  # fmt: skip
    say(text)
    full = [[r["rate"] for r in t["full_speed"]] for t in found]
    cpu = [[r["cpu_per_point"] for r in t["full_speed"]] for t in found]
    p50 = [[r["p50"] for r in t["paced"][0]["rounds"]] for t in found]
    time_more = median([1 / a - 1 / b for a, b in zip(*full)])
    say(f"more than without: {1e6 * time_more:+.3f} us a point, "
        f"{1e6 * median([a - b for a, b in zip(*cpu)]):+.3f} us of CPU a point, "
        f"{1e6 * median([a - b for a, b in zip(*p50)]):+.1f} us p50 at 1,000/s")  # fmt: skip
    behind.stop()
    copier(stack, within.socket("moving_average"))
    within.stop()


def copier(stack, socket):
    """What a process in between costs that only copies: no supervisor can cost less."""
    socat = programs.find("socat", "SOCAT")
    if not socat:
        return say("no socat (apt-get install socat): what a process costs that only copies is not measured")
    copy = socket.with_name("copy.sock")
    stack.start("socat", [socat, f"UNIX-LISTEN:{copy},fork", f"UNIX-CONNECT:{socket}"])
    stack.bring_up("socat", 15, copy.is_socket)
    found, _ = Measurement(copy, "--vs-socket", socket, *AVERAGE, "--rate", "max", "--rate", "1000", "--rounds", ROUNDS).result()
    full = [[r["rate"] for r in t["full_speed"]] for t in found]
    p50 = [[r["p50"] for r in t["paced"][0]["rounds"]] for t in found]
    say(f"a process in between that only copies (socat): {1e6 * median([1 / a - 1 / b for a, b in zip(*full)]):+.3f} us "
        f"a point, {1e6 * median([a - b for a, b in zip(*p50)]):+.1f} us p50 at 1,000/s")  # fmt: skip
    stack.stop("socat")


class Reader(threading.Thread):
    """Asks for the numbers once a second."""

    def __init__(self, log):
        super().__init__(daemon=True)
        self.log, self.over, self.times = log, threading.Event(), 0

    def run(self):
        port = re.search(r"metrics served address=\S+:(\d+)", self.log.read_text())[1]
        while not self.over.wait(1):
            for path in ("metrics", "status.json"):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}").read()
            self.times += 1


def metrics(stack):
    say("--metrics beside none, of the same function; wanted: at most 1 % of the points a second, or of the CPU")
    watched = Server(stack, "watched", ["moving_average"], "--threads", "1", "--metrics", "127.0.0.1:0")
    alone = Server(stack, "alone", ["moving_average"], "--threads", "1")
    reader = Reader(stack.folder / "watched.log")
    reader.start()
    found, text = Measurement(
        watched.socket("moving_average"), "--vs-socket", alone.socket("moving_average"), *AVERAGE,
        "--rate", "max", "--rate", "1000", "--rounds", ROUNDS).result()  # fmt: skip
    reader.over.set()
    reader.join()
    say(text)
    for name, what in (("rate", "time a point"), ("cpu_per_point", "CPU a point")):
        of_each = [[r[name] for r in t["full_speed"]] for t in found]
        ratios = [b / a if name == "rate" else a / b for a, b in zip(*of_each)]
        say(f"{what}: {100 * (median(ratios) - 1):+.2f} % with --metrics "
            f"({len(ratios)} rounds by turns: {100 * (min(ratios) - 1):+.2f} to {100 * (max(ratios) - 1):+.2f} %)")  # fmt: skip
    say(f"asked for {reader.times} times meanwhile")
    watched.stop()
    alone.stop()


def idle(stack):
    say("nothing to do for 10 s; wanted: no wake-up, at most 8 MiB")
    server = Server(stack, "idle", list(FUNCTIONS))
    Measurement(server.socket("moving_average"), *AVERAGE, "--duration", "100ms", "--rounds", "1").result()
    time.sleep(2)
    everybody = [server.pid, *children(server.pid)]
    before = [status_of(pid, "voluntary_ctxt_switches") for pid in everybody]
    time.sleep(10)
    after = [status_of(pid, "voluntary_ctxt_switches") for pid in everybody]
    memory = Path(f"/proc/{server.pid}/smaps_rollup").read_text()
    own, part = (int(re.search(rf"^{name}:\s+(\d+)", memory, re.M)[1]) / 1024 for name in ("Anonymous", "Pss"))
    say(f"supervisor: {after[0] - before[0]} wake-ups, {own:.1f} MiB of its own, {part:.1f} MiB with its part of "
        "what it shares with its workers; "
        f"its {len(everybody) - 1} worker: {sum(after[1:]) - sum(before[1:])} wake-ups")  # fmt: skip
    server.stop()


class Killer(threading.Thread):
    """Kills a worker of one of the functions each second."""

    def __init__(self, server, functions):
        super().__init__(daemon=True)
        self.server, self.functions, self.over, self.kills = server, functions, threading.Event(), 0

    def run(self):
        chance = random.Random(1)
        while not self.over.wait(1):
            self.kills += self.server.kill_worker(chance.choice(self.functions))


def neighbours(stack):
    say(f"1,000 connections to ten functions, 2,000 points/s, for {SECONDS_OF_KILLS} s; "
        "wanted of those whose worker lives: p99.9 at most 100 ms more")  # fmt: skip
    server = Server(stack, "crowd", list(FUNCTIONS))
    names = list(FUNCTIONS)

    def run(kills):
        each = {f: paced(server.socket(f), FUNCTIONS[f], 200, SECONDS_OF_KILLS, "--connections", "100") for f in names}
        killer = Killer(server, names[:5])
        if kills:
            killer.start()
        others = latencies([each[f] for f in names[5:]])
        killed = latencies([each[f] for f in names[:5]])
        killer.over.set()
        show("  the five others", *others)
        show(f"  the five of which {killer.kills} workers were killed", *killed)

    say("without deaths")
    run(False)
    say("with deaths")
    run(True)
    server.stop()


def groups(stack):
    say("1,000,000 groups at 200,000 points/s, kill -9 after 12 s; wanted: answered again after at most 3 s, nothing lost")
    server = Server(stack, "groups", ["moving_average"])
    run = paced(server.socket("moving_average"), AVERAGE, 200_000, 20, "--groups", "1000000")
    time.sleep(12)
    server.kill_worker("moving_average")
    show("  with a death", *latencies([run]))
    deaths = [line for line in server.log().splitlines() if "worker gone" in line]
    if len(deaths) != 1:
        raise Failure(f"{len(deaths)} workers died instead of one")
    run = paced(server.socket("moving_average"), AVERAGE, 200_000, 20, "--groups", "1000000")
    show("  without", *latencies([run]))
    server.stop()


def hang(stack):
    say("six functions at 1,000 points/s each while the seventh hangs; wanted: the six do not notice, the value is named")
    if not SLOW_UDF.exists():
        raise Failure(f"{SLOW_UDF} is not built; ninja slow_udf builds it")
    names = list(FUNCTIONS)[:6]
    server = Server(stack, "seven", [*names, "slow"], "--max-busy", "2s",
                    config=f'[agent.slow]\nexec = "{SLOW_UDF}"\n')  # fmt: skip
    for what in ("without", "with"):
        others = [paced(server.socket(f), FUNCTIONS[f], 1000, 20) for f in names]
        if what == "with":
            points = "m,host=a value=1 1\nm,host=a value=1e9 2\nm,host=a value=2 3\n"
            run = subprocess.run([HOST, "run", "--socket", server.socket("slow"), "--input", "-", "--output", "-",
                                  "--timeout", "1m"], input=points, capture_output=True, text=True)  # fmt: skip
            say(f"  answers of the one that hangs: {run.stdout.count('slept')} of 3 points")
        show(f"  {what} a function that hangs", *latencies(others))
    say("  " + "\n  ".join(line for line in server.log().splitlines() if "kills the workers" in line))
    say("  " + " ".join(f"{file.name}: {file.read_text()!r}" for file in server.folder.glob("*.srpl")))
    server.stop()


def down(stack):
    say(f"50,000 points/s for {SECONDS_DOWN} s into workers that all die; wanted: memory within --journal-size "
        "(64 MiB), and then an error that says why")  # fmt: skip
    flag = stack.folder / "down"
    agent = f"sh -c 'test -e {flag} && exit 1; exec {BIN}/kapacitor-udfd --stdio moving_average --log-level warn'"
    server = Server(stack, "down", ["dead"], "--max-down", f"{SECONDS_DOWN}s",
                    config=f'[agent.dead]\nexec = "{agent}"\n')  # fmt: skip
    points = subprocess.Popen([BIN / "kapacitor-udf-generator", "--target", "stdout", "--scenario", "stress", "--rate", "50k",
                               "--duration", f"{SECONDS_DOWN + 60}s", "--quiet"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # fmt: skip
    host = subprocess.Popen([HOST, "run", "--socket", server.socket("dead"), "--input", "-", "--output", "/dev/null",
                             *AVERAGE, "--progress", "off"], stdin=points.stdout, stderr=subprocess.PIPE, text=True)  # fmt: skip
    time.sleep(3)
    before = status_of(server.pid, "VmRSS")
    flag.touch()
    server.kill_worker("dead")
    start, most = time.monotonic(), 0
    while host.poll() is None and time.monotonic() - start < SECONDS_DOWN + 30:
        most = max(most, status_of(server.pid, "VmRSS"))
        time.sleep(0.2)
    points.kill()
    if host.poll() is None:
        host.kill()
        raise Failure("the task did not end")
    say(f"  memory {before / 1024:.0f} MiB before, {most / 1024:.0f} MiB at most; the task ended after "
        f"{time.monotonic() - start:.0f} s:")  # fmt: skip
    say("  " + "\n  ".join(line for line in host.stderr.read().splitlines() if "max-down" in line))
    server.stop()


ROWS = {row.__name__: row for row in (cost, metrics, idle, neighbours, groups, hang, down)}


def run(_):
    programs.need("kapacitor-udfd", "kapacitor-udf-host", "kapacitor-udf-generator")
    names = (os.environ.get("ROWS") or " ".join(ROWS)).split()
    if unknown := [name for name in names if name not in ROWS]:
        raise Failure(f"ROWS: no row {unknown[0]}; there are: {' '.join(ROWS)}")
    with Stack() as stack:
        for name in names:
            say(f"\n== {name}")
            ROWS[name](stack)


if __name__ == "__main__":
    main(run)
