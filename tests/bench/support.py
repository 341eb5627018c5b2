"""What the benchmark scripts share: the stack, running a benchmark, tables of medians."""

import collections
import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tick"))

from stack_lib import programs
from stack_lib.processes import Failure, exit_on_signals, say, wait_until
from stack_lib.programs import BIN
from stack_lib.stack import Stack

__all__ = ["BIN", "Failure", "Stack", "Rounds", "main", "programs", "say", "wait_until"]


def main(run):
    exit_on_signals()
    try:
        run(sys.argv[1:])
    except Failure as failure:
        sys.exit(f"{Path(sys.argv[0]).name}: {failure}")


class Rounds:
    """Figures of several rounds: {(group, who): [(figure, ...) of each round]}."""

    def __init__(self):
        self.figures = collections.defaultdict(list)

    def add(self, group, who, *figures):
        self.figures[group, who].append(figures)

    def column(self, group, who, index=0):
        return [each[index] for each in self.figures.get((group, who), [])]

    def median(self, group, who, index=0):
        return statistics.median(self.column(group, who, index))

    def ratios(self, group, ours, other):
        """Of the same rounds; empty if one of them was not measured."""
        return sorted(a / b for a, b in zip(self.column(group, ours), self.column(group, other)))
