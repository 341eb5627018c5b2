"""kapacitord.py: how fast a stream goes through a real kapacitord, and what it costs: without a
function, through a node of Kapacitor's own, through ours by socket and by process, and through
the official Go agent's moving_avg if GO_UDF=PROGRAM names one. Prints a line for each case and
round, then the medians and their ratios to the Go agent's.

  GO_UDF=./moving_avg POINTS=500000 ROUNDS=3 python3 tests/bench/kapacitord.py

Points are written to Kapacitor itself, as fast as it takes them; the clock stops when the last
node has seen them all. Each case has a kapacitord of its own.
"""

import http.client
import os
import shutil
import subprocess
import time
from pathlib import Path

from support import BIN, Failure, Rounds, Stack, main, programs, say, wait_until

from stack_lib.kapacitor import Kapacitor
from stack_lib.processes import free_port

GROUPS, PER_REQUEST = 100, 20_000
POINTS = int(os.environ.get("POINTS") or 500_000)
GO_UDF = os.environ.get("GO_UDF")
OPTIONS = ".field('value').size(10).as('avg')"

# What each case puts between the stream and the end, as TICKscript.
NODES = {
    "none": "",
    "native": "|movingAverage('value', 10)",
    "socket": f"@by_socket(){OPTIONS}",
    "process": f"@by_process(){OPTIONS}",
    **({"go": f"@go(){OPTIONS}"} if GO_UDF else {}),
}


def requests():
    """The stream: 100 groups, 3 tags, 1 field; a second between a group's points."""
    for first in range(0, POINTS, PER_REQUEST):
        yield "".join(
            f"cpu,host=server{i % GROUPS:04d},tag1=value1,tag2=value2"
            f" value={20 + i * 2654435761 % 1000 / 10:.1f}"
            f" {1600000000 + i // GROUPS}{i % GROUPS * 1000000:09d}\n"
            for i in range(first, min(first + PER_REQUEST, POINTS))
        ).encode()


def conf(stack, port):
    data = stack.folder / "kapacitor"
    go = f'[udf.functions.go]\n  prog = "{GO_UDF}"\n  timeout = "10s"\n' if GO_UDF else ""
    return f"""\
hostname = "127.0.0.1"
data_dir = "{data}"
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
[logging]
  file = "STDERR"
  level = "WARN"
[replay]
  dir = "{data}/replay"
[storage]
  boltdb = "{data}/kapacitor.db"
[[influxdb]]
  enabled = false
[reporting]
  enabled = false
[stats]
  enabled = false
[udf.functions.by_socket]
  socket = "{stack.socket("moving_average")}"
  timeout = "10s"
[udf.functions.by_process]
  prog = "{BIN}/kapacitor-udfd"
  args = ["--stdio", "moving_average", "--log-level", "warn"]
  timeout = "10s"
{go}"""


def start_kapacitord(stack):
    port = free_port()
    shutil.rmtree(stack.folder / "kapacitor", ignore_errors=True)
    (stack.folder / "kapacitor.conf").write_text(conf(stack, port))
    stack.kapacitor = Kapacitor(f"http://127.0.0.1:{port}")
    command = [programs.kapacitord(), "-config", stack.folder / "kapacitor.conf"]
    stack.start("kapacitord", command)
    stack.bring_up("kapacitord", 60, stack.kapacitor.is_up)
    return port


def start_task(stack, case):
    tick = stack.folder / "task.tick"
    source = "stream|from().measurement('cpu').groupBy('host')"
    tick.write_text(f"{source}{NODES[case]}|where(lambda: FALSE)\n")
    client = stack.kapacitor.client
    client("define", "bench", "-type", "stream", "-dbrp", "bench.autogen", "-tick", tick)
    stack.kapacitor.start("bench")


def cpu_of(pid):
    """Seconds of CPU that it has used."""
    if not pid:
        return 0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def udf_pid(stack, case):
    if case == "socket":
        return stack.pid("kapacitor-udfd")
    if case in ("process", "go"):
        pid = stack.pid("kapacitord")
        threads = Path(f"/proc/{pid}/task").glob("*/children")
        return max(int(child) for thread in threads for child in thread.read_text().split())
    return None


def write(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for body in requests():
        connection.request("POST", "/kapacitor/v1/write?db=bench&rp=autogen", body)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 204:
            raise Failure(f"kapacitord did not take the points: {answer.status}")


def run_case(stack, case):
    """(points/s, kapacitord's µs per point, the function's)."""
    port = start_kapacitord(stack)
    start_task(stack, case)
    # Kapacitor's own moving average says nothing until its window is full.
    expected = POINTS - 9 * GROUPS if case == "native" else POINTS
    pids = [stack.pid("kapacitord"), udf_pid(stack, case)]
    before = [cpu_of(pid) for pid in pids]
    started = time.monotonic()
    write(port)
    seen = lambda: stack.kapacitor.node_stat("bench", "where", "collected")  # noqa: E731
    if not wait_until(120, lambda: seen() >= expected):
        raise Failure(f"{case}: only {seen()} of {expected} points came through")
    seconds = time.monotonic() - started
    used = [cpu_of(pid) - cpu for pid, cpu in zip(pids, before)]
    stack.stop("kapacitord")
    return POINTS / seconds, used[0] / POINTS * 1e6, used[1] / POINTS * 1e6


def line(case, rate, kapacitord, function):
    return (f"{case:<9} {rate:9.0f} points/s   kapacitord {kapacitord:6.2f} us/point"
            f"   function {function:6.2f} us/point")  # fmt: skip


def show_medians(rounds):
    say("median of the rounds")
    for case in NODES:
        text = line(case, *(rounds.median("", case, index) for index in range(3)))
        if GO_UDF:
            faster = rounds.median("", case) / rounds.median("", "go")
            text += f"   {faster:5.2f}x the Go agent"
        say(text)


def run(_):
    if not programs.have_kapacitor():
        raise Failure("no kapacitord on PATH, nor by KAPACITORD=, nor by make real")
    programs.need("kapacitor-udfd")
    version = subprocess.run([programs.kapacitord(), "version"], capture_output=True, text=True)
    say(f"{version.stdout.strip()}; {POINTS} points, {GROUPS} groups, 3 tags, 1 field")
    rounds = Rounds()
    with Stack() as stack:
        stack.start_udfd()
        for _ in range(int(os.environ.get("ROUNDS") or 3)):
            for case in NODES:
                figures = run_case(stack, case)
                rounds.add("", case, *figures)
                say(line(case, *figures))
    show_medians(rounds)


if __name__ == "__main__":
    main(run)
