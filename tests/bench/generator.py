"""generator.py [encode|sink|replay|influxd|pacing|idle|hash|order|outage]...: the figures of
generator/PERFORMANCE.md, each section by itself or all of them. Peers are measured in turn with
ours if they are on PATH or named, and a build by another compiler is compared if it is named:

  INCH=./inch INFLUX_STRESS=./influx-stress CLANG_GENERATOR=./kapacitor-udf-generator \\
    python3 tests/bench/generator.py sink hash

ROUNDS=3, REPLAYED=2000000, PACING_SECONDS=60, IDLE_SECONDS=30, OUTAGE_SECONDS=60; the sections influxd and outage
need an influxd.
"""

import os
import signal
import time
from pathlib import Path

from generator_clients import BATCH, PLAIN, Bench
from support import BIN, Failure, Stack, main, programs, say

ROUNDS = int(os.environ.get("ROUNDS") or 3)
REPLAYED = int(os.environ.get("REPLAYED") or 2_000_000)


def seconds_of(section, default):
    return int(os.environ.get(f"{section}_SECONDS") or default)


# ---- Rates


def encode(bench):
    say("One thread, nothing is sent; points of one field, but for devops (10 int fields and more) "
        "and sensors (5).")  # fmt: skip
    for _ in range(ROUNDS):
        for name, rate in bench.micro_benchmarks():
            bench.rounds.add("encode", name, rate, 1e9 / rate)
        bench.generate("--scenario", "stress", "--target", "null", "--speed", "max",
                       "--points", 60_000_000)  # fmt: skip
        bench.result("encode", "whole program, stress", 60_000_000)
        if bench.inch(4_000_000, "-dry", "-no-setup"):
            bench.result("encode", "inch -dry", 4_000_000)
        if bench.influx_stress(10_000_000, 1, "--dump", "/dev/null"):
            bench.result("encode", "influx-stress --dump /dev/null", 10_000_000)
    bench.show_medians()
    ours = ["stress/1000_series", "stress_all_digits/1000_series", "devops_cpu",
            "whole program, stress"]  # fmt: skip
    for name in ours:
        # The peers' points have one field.
        one_field = ["inch -dry", "influx-stress --dump /dev/null"] if name != "devops_cpu" else []
        for other in ["ready_line", "integer_line", *one_field]:
            bench.show_ratio("encode", name, other)


def sink(bench):
    say(f"To a server that answers 204 at once; batches of {BATCH}, one thread.")
    for _ in range(ROUNDS):
        for connections in (1, 2, 4):
            into_sink(bench, connections)
    bench.show_medians()
    for connections in (1, 2, 4):
        for other in ("inch", "influx-stress"):
            bench.show_ratio(f"{connections} connections", "generator", other)


def into_sink(bench, connections):
    group = f"{connections} connections"
    with bench.sink() as url:
        bench.generate("--url", url, "--scenario", "stress", "--speed", "max",
                       "--points", 40_000_000, "--batch", BATCH, "--connections", connections)  # fmt: skip
    bench.result(group, "generator", bench.told["accepted"], bench.seen["seconds"])
    for name, client in (
        ("inch", lambda: bench.inch(6_000_000, "-host", url, "-c", connections)),
        ("influx-stress", lambda: bench.influx_stress(12_000_000, connections, "--host", url)),
    ):
        if not bench.has(name):
            continue
        with bench.sink() as url:
            client()
        bench.result(group, name, bench.seen["writes"] * BATCH, bench.seen["seconds"])


def replay(bench):
    """The same points from a file of line protocol and from a table, by turns."""
    say(f"{REPLAYED} points of a file to a server that answers 204 at once; batches of {BATCH}.")
    lines, table = bench.stack.folder / "points.lp", bench.stack.folder / "points.csv"
    bench.generate("--scenario", "stress", "--target", "file", "--output", lines,
                   "--speed", "max", "--points", REPLAYED)  # fmt: skip
    write_table(lines, table)
    for _ in range(ROUNDS):
        for name, file, flags in (
            ("line protocol", lines, ()),
            ("CSV", table, ("--measurement", "stress", "--tag", "host")),
        ):
            with bench.sink() as url:
                bench.generate("replay", file, "--url", url, "--speed", "max", "--batch", BATCH, *flags)
            if bench.told["accepted"] != REPLAYED:
                raise Failure(f"{name}: {bench.told['accepted']} of {REPLAYED} points were accepted")
            bench.result("replay", name, REPLAYED)
    bench.show_medians()
    bench.show_ratio("replay", "CSV", "line protocol")


def write_table(lines, table):
    """The points of one tag and one field as a spreadsheet would save them."""
    with open(lines) as points, open(table, "w") as rows:
        rows.write("time,host,value\n")
        for point in points:
            key, field, time_ns = point.split()
            rows.write(f"{time_ns},{key.partition('host=')[2]},{field.partition('=')[2]}\n")


def influxd(bench):
    if not programs.influxd():
        say("no influxd on PATH")
        return
    bench.stack.start_influxd()
    scenario = bench.stack.folder / "plain.toml"
    scenario.write_text(PLAIN)
    say(f"Into {programs.influxd()}, {IntoInfluxd.POINTS} points, batches of {BATCH}. generator writes inch's "
        "line, generator_stress the preset stress.")  # fmt: skip
    into = IntoInfluxd(bench, {"generator": scenario, "generator_stress": "stress"})
    into.one("generator_stress", "warm_up", 1)
    for _ in range(ROUNDS):
        for connections in (1, 2, 4):
            for name in ("generator", "inch", "generator_stress"):
                if bench.has(name):
                    into.one(name, name, connections)
                    bench.result(f"{connections} connections", name, into.POINTS)
    bench.generate("--url", bench.stack.influxdb.url, "--points", 1, "--speed", "max",
                   "--db", "start")  # fmt: skip
    bench.stack.stop("influxd")
    bench.show_medians()
    for connections in (1, 2, 4):
        for ours in ("generator", "generator_stress"):
            bench.show_ratio(f"{connections} connections", ours, "inch")
    say(f"Of that CPU time, the generator's start takes {bench.cpu * 1000:.1f} ms. Stored is not "
        f"what was accepted in {into.differ} of {into.checked} runs.")  # fmt: skip


class IntoInfluxd:
    POINTS = 2_000_000

    def __init__(self, bench, scenarios):
        self.bench = bench
        self.scenarios = scenarios
        self.checked = self.differ = 0

    def one(self, name, database, connections):
        url = self.bench.stack.influxdb.url
        if name == "inch":
            self.bench.inch(self.POINTS, "-host", url, "-db", database, "-c", connections)
            accepted = self.POINTS
        else:
            self.bench.generate(
                "--url", url, "--speed", "max", "--start", "-1h", "--points", self.POINTS,
                "--batch", BATCH, "--scenario", self.scenarios[name], "--db", database,
                "--connections", connections)  # fmt: skip
            accepted = self.bench.told["accepted"]
        measurement = ("stress", "value") if name == "generator_stress" else ("m0", "v0")
        self.compare(database, measurement, accepted)

    def compare(self, database, measurement, accepted):
        stored = self.bench.stack.influxdb.count(database, *measurement)
        self.checked += 1
        if stored != accepted:
            self.differ += 1
            say(f"{database}: accepted {accepted}, stored {stored}")
        self.bench.stack.influxdb.drop(database)


# ---- Time


def pacing(bench):
    seconds = seconds_of("PACING", 60)
    say(f"{seconds} s at each rate to a server that answers 204 at once. How late ticks are made, µs.")
    columns = ("points/s", "series", "mean points/s", "error", "p50", "p99", "p99.9", "max")
    say("{:>12} {:>8} {:>16} {:>10} {:>8} {:>8} {:>8} {:>8}".format(*columns))
    for rate, series in ((1, 1), (100, 1), (10_000, 10), (100_000, 100)):
        with bench.sink("--order") as url:
            bench.generate("--url", url, "--scenario", "stress", "--series", series,
                           "--rate", rate, "--duration", f"{seconds}s")  # fmt: skip
        # From the first answer to the last: without the pause that would follow the last point.
        mean = (bench.seen["lines"] - bench.seen["first_lines"]) / bench.seen["span"]
        late = [bench.told["lateness_ns"][name] / 1000 for name in ("p50", "p99", "p999", "max")]
        say(f"{rate:12} {series:8} {mean:16.4f} {(mean / rate - 1) * 100:9.4f}% "
            + " ".join(f"{each:8.0f}" for each in late))  # fmt: skip


def cpu_ns(pid):
    """That all its threads have used."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads)


def peak_rss(pid):
    """In MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def idle(bench):
    seconds = seconds_of("IDLE", 30)
    with bench.sink() as url:
        bench.start("--subscribe", "off", "-q", "--scenario", "pulse", "--url", url)
        pid = bench.stack.pid("generator")
        time.sleep(2)
        before = cpu_ns(pid)
        time.sleep(seconds)
        used = cpu_ns(pid) - before
        say(f"1 point/s for {seconds} s: {used / seconds / 1e7:.3f} % of a core, "
            f"peak RSS {peak_rss(pid):.1f} MiB")  # fmt: skip
        bench.stack.stop("generator")


# ---- What arrives


def hash_lines(bench):
    builds = {"ours": BIN / "kapacitor-udf-generator"}
    if other := os.environ.get("CLANG_GENERATOR"):
        builds["clang"] = other
    hashes = {}
    say(f"{'lines':>9} {'c':>4} {'batch':>6} {'build':<6} SHA-256 of the sorted lines")
    for size, points in ((5000, 50_000), (5000, 1_000_000), (1000, 1_000_000), (1, 50_000)):
        for connections in (1, 2, 4):
            for build, program in builds.items():
                with bench.sink("--hash") as url:
                    bench.generate(
                        "--url", url, "--scenario", "sensors", "--speed", "max",
                        "--points", points, "--start", "2024-01-01T00:00:00Z",
                        "--connections", connections, "--batch", size, program=program)  # fmt: skip
                lines, digest = bench.seen["lines"], bench.seen["sha256"]
                hashes.setdefault(lines, []).append(digest)
                say(f"{lines:9} {connections:4} {size:6} {build:<6} {digest}")
    for lines, digests in sorted(hashes.items()):
        say(f"{lines} lines: {len(set(digests))} different in {len(digests)} runs")


def order(bench):
    points = 60_000_000
    say(f"Straight to a Kapacitor that ends twice and comes back a second later; {points} points "
        "at full speed.")  # fmt: skip
    columns = ("c", "accepted", "arrived", "outages", "resent", "series", "regressions")
    say("{:>4} {:>12} {:>12} {:>10} {:>10} {:>10} {:>12}".format(*columns))
    for connections in (1, 2, 4):
        state = bench.stack.folder / "state"
        state.unlink(missing_ok=True)
        url = bench.start_sink("--order", "--state", state)
        bench.start(
            "-q", "--target", "kapacitor", "--url", url, "--scenario", "stress", "--speed", "max",
            "--points", points, "--batch", BATCH, "--connections", connections,
            "--retry-max", "200ms")  # fmt: skip
        for restart in (1, 2):
            time.sleep(1)
            if not bench.stack.running("generator"):
                raise Failure(f"the generator was done before restart {restart}")
            bench.stop_sink()
            time.sleep(1)
            bench.start_sink("--order", "--state", state, "--port", url.rpartition(":")[2])
        bench.wait()
        bench.stop_sink()
        told, seen = bench.told, bench.seen
        say(f"{connections:4} {told['accepted']:12} {seen['lines']:12} {told['outages']:10} "
            f"{told['resent']:10} {seen['series']:10} {seen['regressions']:12}")  # fmt: skip


def outage(bench):
    if not programs.influxd():
        say("no influxd on PATH")
        return
    seconds, rate, stack = seconds_of("OUTAGE", 60), 10_000, bench.stack
    stack.start_influxd()
    bench.start("--subscribe", "off", "--scenario", "stress", "--url", stack.influxdb.url,
                "--db", "outage", "--rate", rate, "--duration", f"{seconds + 15}s")  # fmt: skip
    pid = stack.pid("generator")
    time.sleep(5)
    before = peak_rss(pid)
    stack.stop("influxd", signal.SIGKILL)
    time.sleep(seconds)
    after = peak_rss(pid)
    stack.restart_influxd()
    bench.wait()
    told = bench.told
    say(f"{rate} points/s, influxd killed and away for {seconds} s:")
    say(f"generated {told['generated']}, accepted {told['accepted']}, dropped {told['dropped']}, "
        f"stored {stack.influxdb.count('outage', 'stress', 'value')}")  # fmt: skip
    say(f"peak RSS {before:.1f} MiB before, {after:.1f} MiB at the end of the outage; "
        f"back after {bench.back_after()}")  # fmt: skip
    stack.stop("influxd")


SECTIONS = {
    "encode": encode,
    "sink": sink,
    "replay": replay,
    "influxd": influxd,
    "pacing": pacing,
    "idle": idle,
    "hash": hash_lines,
    "order": order,
    "outage": outage,
}


def run(names):
    if unknown := [name for name in names if name not in SECTIONS]:
        raise Failure(f"no section {unknown[0]}: {' '.join(SECTIONS)}")
    own = ["generator_bench"] if not names or "encode" in names else []
    programs.need("kapacitor-udf-generator", "null_sink", *own)
    with Stack() as stack:
        for name in names or SECTIONS:
            say(f"\n-- {name}")
            SECTIONS[name](Bench(stack))


if __name__ == "__main__":
    main(run)
