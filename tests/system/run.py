"""run.py [host]: `make run` for one FUNCTION says that the counts agree; through kapacitord, or
through kapacitor-udf-host in its place.
"""

import os
import sys

from system import run_command, run_test

if __name__ == "__main__":
    for name, default in {"DURATION": "6s", "RATE": "400"}.items():
        os.environ[name] = os.environ.get(name) or default  # make exports what it knows, as empty texts too
    run_test(lambda: run_command("run", sys.argv[1] if len(sys.argv) > 1 else "kapacitord"))
