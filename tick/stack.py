#!/usr/bin/env python3
"""The stack, from one end to the other: `make run`, `make kapacitord_up`, `make test`.

  stack.py run             a live stream through a function, then the counts, which must agree
  stack.py up              kapacitord in the foreground with what it needs, until Ctrl-C; its tasks,
                           recordings and data stay in .run/up until `make clean`
  stack.py test            records the live stream and replays it, in the stack that `up` has up or
                           in one of its own
  stack.py del_recording   deletes what `test` left, in kapacitord if it is up, and on disk

Without kapacitord, kapacitor-udf-host takes its place in `run` and `test`. Parameters come from
the environment, all optional:

  FUNCTION         a TICKscript of tick/ (moving_average)
  RATE, SERIES     points per second, and series, of the generator
  DURATION         of the stream of `run` (20s)
  RECORD_SECONDS   of `test` (20)
  OPTIONS          "NAME=VALUE ..." for the vars of the TICKscript
  UDF_MODE         socket, or process: kapacitord starts a process for each use of a function
  INFLUXDB_URL     an InfluxDB that is there already, for `up` and `test`
  INFLUXD, KAPACITORD   programs to take; else those on PATH, else what `make real` has built.
                   KAPACITORD=none does without Kapacitor
  RUN_ROOT         where the folders of runs are made (.run)
"""

import sys

from stack_lib.live import run
from stack_lib.processes import Failure, exit_on_signals
from stack_lib.recording import del_recording, test
from stack_lib.up import up

COMMANDS = {"run": run, "up": up, "test": test, "del_recording": del_recording}


def main(arguments):
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        sys.exit(__doc__)
    exit_on_signals()
    try:
        COMMANDS[arguments[0]]()
    except Failure as failure:
        sys.exit(f"stack.py {arguments[0]}: {failure}")


if __name__ == "__main__":
    main(sys.argv[1:])
