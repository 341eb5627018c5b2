"""Runs points through the real UDF over the wire: kapacitor-udfd driven by kapacitor-udf-host."""

import json
import os
import subprocess
import sys

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


class Programs:
    """The programs that were built, in `folder`."""

    def __init__(self, folder):
        self.folder = folder or os.path.join(PROJECT, "build", "bin")
        for name in ("kapacitor-udfd", "kapacitor-udf-host", "kapacitor-udf-generator"):
            if not os.access(self.path(name), os.X_OK):
                sys.exit(f"{self.path(name)} is missing: `make` builds it; --bin FOLDER names another place")

    def path(self, name):
        return os.path.join(self.folder, name)

    def anomaly(self, lines, options):
        """The answers of @anomaly() to a file of line protocol, grouped by all tags, in order."""
        command = [self.path("kapacitor-udf-host"), "run", "--group-by", "*", "--input", lines, "--output", "-",
                   "--progress", "off", "--log-level", "warn", "--opt", "field=value",
                   "--exec", f"'{self.path('kapacitor-udfd')}' --stdio anomaly"]
        for option in options:
            command += ["--opt", option]
        run = subprocess.run(command, capture_output=True, text=True)
        if run.returncode != 0:
            sys.exit(f"kapacitor-udf-host failed ({run.returncode}): {run.stderr.strip()}")
        return [json.loads(line) for line in run.stdout.splitlines()]
