#!/usr/bin/python3
"""The Numenta Anomaly Benchmark (NAB): every file through @anomaly() over the wire, judged by NAB's own scorer.

    tests/bench/anomaly/nab.py CHECKOUT [--bin FOLDER] [--results FOLDER]

CHECKOUT is one of github.com/numenta/NAB, whose data and labels are not part of this project. Needs
Debian's python3-pandas. Three detectors are written to the results folder, as NAB has them:

    udf          warmup and eventPoints set to NAB's probation length, as the published detectors have it
    udfDefault   no option but the field: knows nothing of a file's length
    metronome    an alarm at each 25th part of a file, whatever is in it: the floor of any figure
"""

import argparse
import csv
import datetime
import json
import os
import shutil
import sys
import tempfile

from udf import Programs

PROFILES = ("standard", "reward_low_FP_rate", "reward_low_FN_rate")


def probation(points):
    return min(int(0.15 * points), 750)


def nanoseconds(text):
    time = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
    return int(time.timestamp()) * 1_000_000_000


def scores_of_udf(programs, rows, options):
    with tempfile.NamedTemporaryFile("w", suffix=".lp") as lines:
        for time, value in rows:
            lines.write(f"nab value={value} {nanoseconds(time)}\n")
        lines.flush()
        answers = programs.anomaly(lines.name, options)
    if len(answers) != len(rows):
        sys.exit(f"{len(rows)} points gave {len(answers)} answers")
    return [a["fields"]["anomaly_score"] for a in answers]


def metronome(rows):
    every = max(1, len(rows) // 25)
    return [1.0 if i % every == every // 2 else 0.0 for i in range(len(rows))]


def write_result(results, detector, file, rows, scores, windows):
    folder, name = os.path.split(file)
    path = os.path.join(results, detector, folder, f"{detector}_{name}")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["timestamp", "value", "anomaly_score", "label"])
        for (time, value), score in zip(rows, scores):
            label = any(start[:19] <= time <= end[:19] for start, end in windows)
            writer.writerow([time, value, repr(score), int(label)])


def detect(nab, results, programs):
    with open(os.path.join(nab, "labels", "combined_windows.json")) as f:
        windows = json.load(f)
    for file in sorted(windows):
        with open(os.path.join(nab, "data", file), newline="") as f:
            rows = [(row["timestamp"], row["value"]) for row in csv.DictReader(f)]
        length = probation(len(rows))
        told = [f"warmup={length}", f"eventPoints={length}"]
        for detector, scores in (("udf", scores_of_udf(programs, rows, told)),
                                 ("udfDefault", scores_of_udf(programs, rows, [])),
                                 ("metronome", metronome(rows))):
            write_result(results, detector, file, rows, scores, windows[file])
        print(f"{file}: {len(rows)} points", file=sys.stderr)


def score(nab, results):
    """NAB's own code: at the built-in threshold, and at the best one of all."""
    sys.path.insert(0, nab)
    from nab.runner import Runner

    shutil.copytree(os.path.join(nab, "results", "null"), os.path.join(results, "null"), dirs_exist_ok=True)
    thresholds_path = os.path.join(results, "thresholds.json")
    shutil.copy(os.path.join(nab, "config", "thresholds.json"), thresholds_path)
    runner = Runner(os.path.join(nab, "data"), results, os.path.join(nab, "labels", "combined_windows.json"),
                    os.path.join(nab, "config", "profiles.json"), thresholds_path)
    runner.initialize()
    detectors = ("udf", "udfDefault", "metronome")
    best = runner.optimize(detectors)
    with open(thresholds_path) as f:
        null = json.load(f)["null"]
    built_in = {d: {p: {"threshold": 0.5} for p in PROFILES} for d in detectors}
    found = {}
    for name, thresholds in (("at 0.5", built_in), ("at the best", best)):
        runner.score(["null", *detectors], {"null": null, **thresholds})
        runner.normalize()
        with open(os.path.join(results, "final_results.json")) as f:
            found[name] = json.load(f)
    return found


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("checkout")
    arguments.add_argument("--bin", help="where the programs are (build/bin)")
    arguments.add_argument("--results", help="where NAB's result files go (a temporary folder)")
    given = arguments.parse_args()
    if not os.path.isfile(os.path.join(given.checkout, "labels", "combined_windows.json")):
        sys.exit(f"{given.checkout} is no checkout of NAB: it has no labels/combined_windows.json")
    results = given.results or tempfile.mkdtemp(prefix="nab-")
    detect(given.checkout, results, Programs(given.bin))
    found = score(os.path.abspath(given.checkout), os.path.abspath(results))
    print()
    print(f"{'NAB score':24}{'standard':>10}{'low FP':>10}{'low FN':>10}")
    for detector in ("udf", "udfDefault", "metronome"):
        for name, scores in found.items():
            row = "".join(f"{scores[detector][p]:10.2f}" for p in PROFILES)
            print(f"{detector + ', ' + name:24}{row}")
    print(f"\nNAB's result files are in {results}")


if __name__ == "__main__":
    main()
