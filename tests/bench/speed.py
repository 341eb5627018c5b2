"""speed.py: the figures of udf/docs/performance.md, each table by the command it is printed under:
kapacitor-udfd's functions, measured by `kapacitor-udf-host bench` beside an echo of the bytes, and
beside other agents' functions if they are named:

  GO_UDF=./moving_avg PY_UDF='python3 moving_avg.py' GO_OUTLIERS=./outliers \\
    python3 tests/bench/speed.py

ROUNDS=5 DURATION=2s: of each; ROWS="one many": only these.
"""

import os
import shlex
import subprocess

from support import BIN, Failure, Stack, main, programs, say

AVERAGE = ["--opt", "field=value", "--opt", "size=10", "--opt", "as=avg"]
OUTLIERS = ["--opt", "field=value"]
PROCESS = ["--exec", f"{BIN}/kapacitor-udfd --stdio moving_average --log-level warn"]
MILLION = ["--groups", "1000000"]


def beside(*names):
    named = [os.environ[name] for name in names if os.environ.get(name)]
    return [word for program in named for word in ("--vs", program)]


PEERS = beside("GO_UDF", "PY_UDF")

# Each row: how many threads the server has, then the measurements: (server, arguments); a server
# is a function behind its socket, PROCESS, or FRESH: one that has done nothing yet.
FRESH = "fresh"
ROWS = {
    "one": (1, [("moving_average", [*AVERAGE, *PEERS, "--vs-echo"])]),
    "wide": (1, [("moving_average", [
        *AVERAGE, "--tags", "10", "--fields", "10", "--field-type", "mixed", "--vs-echo"])]),
    "split": (1, [("moving_average", [*AVERAGE, *PEERS, "--vs-echo", "--split-writes"]),
                  (PROCESS, ["--split-writes", *AVERAGE, "--vs-echo"])]),
    "latency": (1, [("moving_average", [
        *AVERAGE, *PEERS, "--vs-echo", "--rate", "1000", "--rate", "20000"])]),
    "groups": (1, [("moving_average", AVERAGE), FRESH,
                   ("moving_average", [*AVERAGE, *MILLION]), FRESH,
                   ("moving_average", [*AVERAGE, *MILLION, "--random-order"])]),
    "snapshot": (2, [("moving_average", [*AVERAGE, *MILLION, "--snapshot"])]),
    "connections": (2, [("moving_average", AVERAGE),
                        ("moving_average", [*AVERAGE, "--connections", "100"])]),
    "batches": (1, [("identity_batch", ["--batch", "1000", "--vs-echo"]),
                    ("outliers", [*OUTLIERS, "--batch", "1000", *beside("GO_OUTLIERS"),
                                  "--vs-echo"])]),
    "start": (1, [(PROCESS, ["--idle", "3s", *AVERAGE, *PEERS]),
                  ("moving_average", [*AVERAGE, "--idle", "3s"])]),
}  # fmt: skip


def fresh_server(stack, threads):
    """Its memory is that of the measurement."""
    stack.stop("kapacitor-udfd")
    stack.start_udfd("--threads", str(threads), "--log-level", "warn")


def measure(stack, server, arguments):
    if server is PROCESS:
        where, shown = PROCESS, "--exec 'kapacitor-udfd --stdio moving_average'"
    else:
        where, shown = ["--socket", stack.socket(server)], f"--socket {server}.sock"
    say(f"\n$ kapacitor-udf-host bench {shown} {shlex.join(arguments)}")
    rounds = ["--rounds", os.environ.get("ROUNDS") or "5"]
    duration = [] if "--idle" in arguments else ["--duration", os.environ.get("DURATION") or "2s"]
    command = [BIN / "kapacitor-udf-host", "bench", *where, *rounds, *duration, *arguments]
    if subprocess.run(command).returncode != 0:
        raise Failure(f"kapacitor-udf-host bench failed: {shlex.join(arguments)}")


def run(_):
    programs.need("kapacitor-udfd", "kapacitor-udf-host")
    names = (os.environ.get("ROWS") or " ".join(ROWS)).split()
    if unknown := [name for name in names if name not in ROWS]:
        raise Failure(f"ROWS: no row {unknown[0]}; there are: {' '.join(ROWS)}")
    with Stack() as stack:
        for name in names:
            threads, steps = ROWS[name]
            fresh_server(stack, threads)
            for step in steps:
                if step is FRESH:
                    fresh_server(stack, threads)
                else:
                    measure(stack, *step)


if __name__ == "__main__":
    main(run)
