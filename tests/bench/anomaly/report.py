#!/usr/bin/python3
"""What @anomaly() finds in the generator's streams, and how often it is wrong; all options at their defaults.

    tests/bench/anomaly/report.py [--bin FOLDER] [--points N] [--series N]

Clean streams: alarms per 10,000 points. Streams with one anomaly in each series, somewhere after its first
quarter: of each kind, how many are found (recall), how many of the alarms are of an anomaly (precision;
an alarm until 250 points after it counts as its), and the median delay in points.
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import tempfile

from udf import Programs

INTERVAL = 300  # seconds

# A field's signal for each kind of clean stream.
STREAMS = {
    "Gaussian": 'sum = [{ constant = 10 }, { noise = { sigma = 1 } }]',
    "AR(1), phi 0.5": 'ar1 = { phi = 0.5, sigma = 1 }',
    "AR(1), phi 0.9": 'ar1 = { phi = 0.9, sigma = 1 }',
    "daily sine": 'sum = [{ sine = { period = "24h", amplitude = 10, phase = "per-series" } }, { noise = { sigma = 1 } }]',
    "lognormal": 'noise = { kind = "lognormal", scale = 1, sigma = 0.5 }',
    "Poisson": 'noise = { kind = "poisson", mean = 4 }',
    "square": 'sum = [{ square = { period = "4h", amplitude = 5, phase = "per-series" } }, { noise = { sigma = 0.5 } }]',
}

# Length in points, magnitude, options of the function beside the field. A spike is as high as it takes to
# leave what the square wave has anyway.
KINDS = {
    "level_shift": (200, "10 sigma", []),
    "variance": (200, "4 sigma", []),
    "dropout": (60, None, ["detectGaps"]),
    "spike": (1, "25 sigma", []),
}


def scenario(signal, series, anomaly=""):
    return f"""version = 1
interval = "{INTERVAL}s"
[[measurement]]
name = "m"
[[measurement.tag]]
key = "series"
pattern = "s{{:04}}"
count = {series}
[[measurement.field]]
name = "value"
decimals = "full"
{signal}
{anomaly}"""


def anomalies(kind, points, series):
    """One for each series, at another place each."""
    length, magnitude, _ = KINDS[kind]
    text = ""
    for s in range(series):
        at = (points // 4 + (points * 2 // 3 * s) // series) * INTERVAL
        target = "m" if kind == "dropout" else "m.value"
        text += f'[[anomaly]]\ntarget = "{target}"\nseries = "series=s{s:04}"\nkind = "{kind}"\n'
        text += f'schedule = {{ at = ["{at}s"] }}\n'
        if magnitude:
            text += f'magnitude = "{magnitude}"\n'
        if kind != "spike":
            text += f'duration = "{length * INTERVAL}s"\n'
    return text


def answers_to(programs, text, points, series, seed, options):
    """By series: [(number of the point, whether it is an anomaly)]; and the labels (series, first, last)."""
    start = 1_700_000_000
    with tempfile.TemporaryDirectory() as folder:
        toml, lines, labels = (os.path.join(folder, n) for n in ("s.toml", "points.lp", "labels.jsonl"))
        with open(toml, "w") as f:
            f.write(text)
        subprocess.run([programs.path("kapacitor-udf-generator"), "--scenario", toml, "--target", "file", "--output", lines,
                        "--speed", "max", "--points", str(points * series), "--start", "2023-11-14T22:13:20Z",
                        "--seed", str(seed), "--labels", labels, "-q"], check=True)
        found = {}
        for a in programs.anomaly(lines, options):
            if a["fields"]["anomaly_is_anomaly"]:
                found.setdefault(a["tags"]["series"], []).append(a["time"])
        with open(labels) as f:
            truth = [json.loads(line) for line in f]
    number = {s: sorted(point_number(t, start) for t in times) for s, times in found.items()}
    ranges = [(t["tags"]["series"], (t["start_ns"] // 10**9 - start) // INTERVAL, (t["end_ns"] // 10**9 - start) // INTERVAL)
              for t in truth]
    return number, ranges


def point_number(time, start):
    seconds = datetime.datetime.fromisoformat(time[:19]).replace(tzinfo=datetime.timezone.utc).timestamp()
    return (int(seconds) - start) // INTERVAL


def report_clean(programs, points, series):
    print(f"Clean streams, {series} series of {points} points: alarms per 10,000 points")
    for name, signal in STREAMS.items():
        alarms, _ = answers_to(programs, scenario(signal, series), points, series, 1, [])
        count = sum(len(a) for a in alarms.values())
        print(f"  {name:16}{count / (points * series) * 10_000:6.2f}")


def report_kind(programs, kind, points, series):
    shown = []
    for number, (name, signal) in enumerate(STREAMS.items()):
        text = scenario(signal, series, anomalies(kind, points, series))
        alarms, truth = answers_to(programs, text, points, series, 2 + number, KINDS[kind][2])
        found = false = 0
        delays = []
        for one, first, last in truth:
            hits = [a for a in alarms.get(one, []) if first <= a <= last + 1]
            false += sum(1 for a in alarms.get(one, []) if not first <= a <= last + 250)
            if hits:
                found += 1
                delays.append(hits[0] - first)
        precision = found / (found + false) if found + false else 0
        delay = statistics.median(delays) if delays else float("nan")
        shown.append((found, len(truth)))
        print(f"  {kind:12}{name:16}recall {found / len(truth):5.3f}  precision {precision:5.3f}  delay {delay:4.0f}")
    found, all_of_them = (sum(x) for x in zip(*shown))
    print(f"  {kind:12}{'all':16}recall {found / all_of_them:5.3f}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--bin", help="where the programs are (build/bin)")
    arguments.add_argument("--points", type=int, default=4_000, help="of each series that has an anomaly (4000)")
    arguments.add_argument("--series", type=int, default=50, help="of each kind of stream (50)")
    given = arguments.parse_args()
    programs = Programs(given.bin)
    report_clean(programs, 30_000, max(1, given.series // 5))
    print(f"One anomaly in each of {given.series} series of {given.points} points")
    for kind in KINDS:
        report_kind(programs, kind, given.points, given.series)


if __name__ == "__main__":
    main()
