"""Runs points through the real UDF over the wire: kapacitor-udfd driven by kapacitor-udf-host."""

import datetime
import hashlib
import os
import subprocess
import sys
import tempfile

import orjson

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


class Programs:
    """The programs that were built, in `folder`."""

    def __init__(self, folder=None):
        self.folder = folder or os.path.join(PROJECT, "build", "bin")
        for name in ("kapacitor-udfd", "kapacitor-udf-host"):
            if not os.access(self.path(name), os.X_OK):
                sys.exit(f"{self.path(name)} is missing: `make` builds it; --bin FOLDER names another place")

    def path(self, name):
        return os.path.join(self.folder, name)

    def version(self):
        """Of what answers: the same for the same program only."""
        with open(self.path("kapacitor-udfd"), "rb") as f:
            return hashlib.sha256(f.read()).hexdigest()[:16]

    def answers(self, function, all_series, options):
        """For each series the fields that the function answers to each of its points; {} if it skips it, as a
        late one. One run, a group for each series."""
        with tempfile.NamedTemporaryFile("w", suffix=".lp") as lines:
            for number, series in enumerate(all_series):
                for time, value in zip(series.times.tolist(), series.values.tolist()):
                    lines.write(f"m,s={number} value={value!r} {time}\n")
            lines.flush()
            out = self._run(function, lines.name, options)
        groups = [[] for _ in all_series]
        for line in out.splitlines():
            answer = orjson.loads(line)
            groups[int(answer["tags"]["s"])].append(answer)
        return [fields_of(s, answers, function) for s, answers in zip(all_series, groups)]

    def _run(self, function, lines, options):
        command = [self.path("kapacitor-udf-host"), "run", "--group-by", "s", "--input", lines, "--output", "-", "--precision", "s",
                   "--progress", "off", "--log-level", "warn", "--opt", "field=value",
                   "--exec", f"'{self.path('kapacitor-udfd')}' --stdio {function}"]
        for option in options:
            command += ["--opt", option]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"kapacitor-udf-host failed ({run.returncode}): {run.stderr.strip()}")
        return run.stdout


def seconds(text):
    time = datetime.datetime.fromisoformat(text[:19]).replace(tzinfo=datetime.timezone.utc)
    return int(time.timestamp())


def fields_of(series, answers, function):
    if len(answers) == len(series):
        return [a["fields"] for a in answers]
    return by_time(series, answers, function)


def by_time(series, answers, function):
    """Each answer at the next point of its time."""
    fields, left = [], iter(answers)
    answer = next(left, None)
    for time in series.times.tolist():
        answered = answer is not None and seconds(answer["time"]) == time
        fields.append(answer["fields"] if answered else {})
        if answered:
            answer = next(left, None)
    if answer is not None:
        sys.exit(f"{series.key}: {function} answers to {answer['time']}, at which there is no point")
    return fields
