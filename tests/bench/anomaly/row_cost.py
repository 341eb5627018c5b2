"""What a point and a group cost: by the project's own benchmarks."""

import os
import subprocess

import markdown

GROUPS = 100_000


def said(bench, program, *arguments):
    """None if it was not built: it is with -DKAPACITOR_UDF_BENCHMARKS=ON, as in a release build."""
    path = bench.programs.path(program)
    if not os.access(path, os.X_OK):
        return None
    return subprocess.run([path, *arguments], capture_output=True, text=True, check=True).stdout.strip()


def cost(bench):
    rows = [[f"`{' '.join([p, *a])}`", said(bench, p, *a) or "not built"]
            for p, a in (("above_identity", ["anomaly"]), ("million_groups", [str(GROUPS), "anomaly"]))]
    yield markdown.table("Speed and state", ["", ""], [[c, t.replace("\n", "<br>")] for c, t in rows])
