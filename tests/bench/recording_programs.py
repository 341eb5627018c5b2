"""Points through the host and the generator."""

import datetime
import json
import os
import subprocess
from pathlib import Path

from recorded_points import SECOND, Point, point_of

BIN = Path(os.environ.get("BIN") or Path(__file__).parents[2] / "build/bin")


class Fault(Exception):
    pass


def output_of(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Fault(f"{' '.join(map(str, command))}: exit {done.returncode}: {done.stderr}")
    return done.stdout


def nanoseconds(text):
    """Of a time as the host writes it."""
    whole = datetime.datetime.fromisoformat(text[:19] + "+00:00")
    return int(whole.timestamp()) * SECOND + int(text[20:29])


def through_host(path, function, options=(), flags=()):
    """The answers as points, and the number of the batch of each."""
    command = [BIN / "kapacitor-udf-host", "replay", path, "--rec-time", "--log-level", "off",
               "--exec", f"{BIN / 'kapacitor-udfd'} --stdio {function}", *flags]
    for option in options:
        command += ["--opt", option]
    lines = [json.loads(line) for line in output_of(command).splitlines()]
    points = [one for one in lines if "end" not in one]
    answers = [Point(nanoseconds(p["time"]), p["name"], p["tags"], p["fields"]) for p in points]
    return answers, [p.get("batch") for p in points]


def through_generator(path):
    text = output_of([BIN / "kapacitor-udf-generator", "replay", path, "--target", "stdout",
                      "--speed", "max", "--time-format", "s", "--quiet"])
    return [point_of(line) for line in text.splitlines()]
