"""make bench: builds the benchmarks and runs them one after the other, or those that BENCH names:
programs, and the scripts `speed` (through sockets and pipes), `kapacitord` (through a real one) and
`generator` (to servers that take everything, and into a real InfluxDB).

`soak`, `million_groups` and `above_identity` take minutes and run only if BENCH names them.
FUNCTIONS="aggregate top_k" has `million_groups` measure these only.
They print; nothing is judged. What is judged are the instructions per point, by make check.
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
sys.path.insert(0, str(PROJECT / "tick"))

from stack_lib import programs

TARGETS = {
    "speed": ["kapacitor-udfd", "kapacitor-udf-host"],
    "kapacitord": ["kapacitor-udfd"],
    "generator": ["kapacitor-udf-generator", "generator_bench", "null_sink"],
}


def arguments_of(name):
    """What a program gets on its command line."""
    functions = os.environ.get("FUNCTIONS", "").split()
    return ["1000000", *functions] if name == "million_groups" and functions else []


def wanted():
    if names := os.environ.get("BENCH"):
        return names.split()
    scripts = ["speed", "generator", *(["kapacitord"] if programs.have_kapacitor() else [])]
    return ["codec_bench", "functions_bench", "session_bench", "snapshot_bench", *scripts]


def main():
    # Google Benchmark takes its flags from the environment too; seconds for each measurement.
    os.environ.setdefault("BENCHMARK_MIN_TIME", "0.2")
    names = wanted()
    targets = [target for name in names for target in TARGETS.get(name, [name])]
    subprocess.run([PROJECT / ".ci" / "build.sh", "release", *targets], check=True)
    for name in names:
        print(f"== {name}", flush=True)
        script = [sys.executable, HERE / f"{name}.py"]
        program = [programs.BIN / name, *arguments_of(name)]
        subprocess.run(script if name in TARGETS else program, check=True)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"bench.py: failed: {error.cmd}")
