"""record_and_replay.py [host]: `make test` records and replays; every point that was recorded
comes out of the replay.
"""

import os
import sys

from system import run_command, run_test

if __name__ == "__main__":
    os.environ |= {"RECORD_SECONDS": "5", "RATE": "200"}
    run_test(lambda: run_command("test", sys.argv[1] if len(sys.argv) > 1 else "kapacitord"))
