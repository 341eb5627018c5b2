"""Where the project's own programs are, and the real ones that it works with."""

import os
import shutil
import sys
from pathlib import Path

from .processes import Failure

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("KAPACITOR_UDF_BIN") or PROJECT / "build" / "bin")
RUN_ROOT = Path(os.environ.get("RUN_ROOT") or PROJECT / ".run")
UP_FOLDER = RUN_ROOT / "up"


def need(*names):
    """Our own programs must have been built."""
    for name in names:
        if not os.access(BIN / name, os.X_OK):
            raise Failure(f"{BIN / name} is not built; make builds it")


def real_folder():
    """Where `make real` puts the programs it builds."""
    sys.path.append(str(PROJECT / "tests" / "real"))
    try:
        import real

        return real.bin_folder()
    finally:
        sys.path.pop()


def find(name, variable):
    """The path of a real program, or None: the one the variable names, on PATH, by `make real`."""
    named = os.environ.get(variable)
    if named == "none":
        return None
    if named:
        if not (path := shutil.which(named)):
            raise Failure(f"{variable}={named} is not a program")
        return Path(path)
    path = shutil.which(name) or shutil.which(name, path=real_folder())
    return path and Path(path)


def influxd():
    return find("influxd", "INFLUXD")


def kapacitord():
    """KAPACITORD=none is as on a machine without one."""
    return find("kapacitord", "KAPACITORD")


def kapacitor():
    """Kapacitor's command line client: beside kapacitord, or on PATH."""
    if not (server := kapacitord()):
        return None
    beside = server.with_name("kapacitor")
    if os.access(beside, os.X_OK):
        return beside
    return shutil.which("kapacitor") and Path(shutil.which("kapacitor"))


def have_kapacitor():
    return kapacitor() is not None
