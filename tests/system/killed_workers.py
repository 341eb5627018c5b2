"""killed_workers.py [agents]: workers of three functions are killed at random under load, and
kapacitord does not notice. With `agents` the workers are the examples of Kapacitor's own agents for
Go and Python, behind `exec`.

KILLS=40 (a minute) may be another value; disturbed_load.py has more.
"""

import os
import random
import re
import signal
import sys
import tempfile
from pathlib import Path

from disturbed_load import Disturber, ReadyMade, averages, run_load
from system import Skipped, expect, programs, run_test, say, whole_stack
from stack_lib.tick_script import TickScript

# make exports what it knows, as empty texts too.
KILLS = float(os.environ.get("KILLS") or 40)


class AgentScript(TickScript):
    """That of moving_average, for a function of another name."""

    def __init__(self, name, folder):
        super().__init__("moving_average")
        self.name = name
        self.text = self.text.replace("@moving_average()", f"@{name}()").replace("'moving_average'", f"'{name}'")
        self.path = folder / f"{name}.tick"
        self.path.write_text(self.text)


class Agents:
    """Kapacitor's own examples, as agents of kapacitor-udfd."""

    rate = "2000"

    def __init__(self, folder):
        self.folder = folder
        found = {"go_average": programs.find("moving_avg", "GO_UDF"),
                 "python_average": programs.find("moving_avg_py", "PY_UDF")}  # fmt: skip
        if not all(found.values()):
            raise Skipped("Kapacitor's example functions are not built: make real builds them")
        conf = folder / "agents.toml"
        conf.write_text("".join(f'[agent.{name}]\nexec = "{program}"\n' for name, program in found.items()))
        self.flags = ("--config", conf)
        self.names = tuple(found)
        self.tasks = {name: ("avg", averages) for name in found}

    def script(self, name):
        return AgentScript(name, self.folder)


class Killer(Disturber):
    """Kills the newest worker of a function, at random times."""

    def __init__(self, stack, functions):
        super().__init__(stack)
        self.functions = list(functions)
        self.chance = random.Random(1)

    def pauses(self):
        while True:
            yield self.chance.uniform(0.5, 1.5) * 60 / KILLS

    def disturb(self):
        function = self.chance.choice(self.functions)
        found = re.findall(rf"worker started function={function} pid=(\d+)", self.log.read_text())
        try:
            os.kill(int(found[-1]), signal.SIGKILL)
        except (IndexError, ProcessLookupError):
            return 0  # there is none at the moment
        return 1


def kill_under_load(of):
    with whole_stack(*of.flags, more_functions=of.names) as stack:
        kills = run_load(stack, of, Killer(stack, of.tasks))
        say(f"{kills} workers killed; all values are right")
        expect(kills >= 3, f"only {kills} workers were killed")


def test():
    if sys.argv[1:] != ["agents"]:
        return kill_under_load(ReadyMade())
    with tempfile.TemporaryDirectory(prefix="kapacitor-udf-test.") as folder:
        kill_under_load(Agents(Path(folder)))


if __name__ == "__main__":
    run_test(test)
