"""`stack.py up`: kapacitord in the foreground with what it needs, until Ctrl-C."""

import json
import os
import time

from . import programs
from .influxdb import InfluxDB
from .kapacitor import Kapacitor
from .parameters import parameter
from .processes import Failure, say
from .programs import BIN, UP_FOLDER
from .stack import Stack

STATE = UP_FOLDER / "stack.json"


def find_up():
    """(InfluxDB, Kapacitor) of the stack that is up, or None."""
    if not STATE.is_file():
        return None
    state = json.loads(STATE.read_text())
    kapacitor = Kapacitor(state["kapacitor"])
    try:
        os.kill(state["pid"], 0)
    except ProcessLookupError:
        return None
    return (InfluxDB(state["influxdb"]), kapacitor) if kapacitor.is_up() else None


def write_state(stack):
    state = {"pid": os.getpid(), "influxdb": stack.influxdb.url, "kapacitor": stack.kapacitor.url}
    STATE.write_text(json.dumps(state))


def up():
    if not programs.have_kapacitor():
        raise Failure("no kapacitord on PATH, nor by KAPACITORD=/path/to/kapacitord, nor by "
                      "make real; make run and make test work without it")  # fmt: skip
    programs.need("kapacitor-udfd")
    if find_up():
        raise Failure(f"it is up already, see {UP_FOLDER}; Ctrl-C there ends it")
    with Stack(UP_FOLDER) as stack:
        bring_up(stack)
        write_state(stack)
        show(stack)
        follow(stack.log_of("kapacitord"), lambda: not stack.ended())
        raise Failure(stack.ended())


def bring_up(stack):
    if url := parameter("INFLUXDB_URL"):
        stack.use_influxdb(url)
        stack.last_acts.append(lambda: leave_a_guest(stack))
    else:
        stack.start_influxd()
    stack.start_udfd()
    stack.start_kapacitord()
    stack.create_database("demo")


def leave_a_guest(stack):
    """An InfluxDB that stays would serve our subscriptions for ever."""
    stack.stop("kapacitord")
    if stack.kapacitor:
        stack.influxdb.drop_subscriptions(stack.kapacitor.url)


def show(stack):
    say(f"""\
InfluxDB    {stack.influxdb.url}
kapacitord  {stack.kapacitor.url}, with {stack.folder}/kapacitor.conf
functions   {stack.sockets}/*.sock
logs        {stack.folder}/*.log

In a second terminal, a live stream into the database demo:
  {BIN}/kapacitor-udf-generator --url {stack.influxdb.url} --kapacitor-url {stack.kapacitor.url}
In a third, a task that is recorded and replayed:
  make test
Kapacitor's own client:
  kapacitor -url {stack.kapacitor.url} list tasks

Ctrl-C ends it all. What kapacitord says:""")


def follow(path, going_on):
    """Prints what is written to a file from now on."""
    with open(path, errors="replace") as file:
        file.seek(0, os.SEEK_END)
        while going_on():
            if text := file.read():
                print(text, end="", flush=True)
            time.sleep(0.2)
