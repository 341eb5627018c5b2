"""Workers of three functions are killed at random under load, and kapacitord does not notice.

KILLS=40 (a minute) may be another value; disturbed_load.py has more.
"""

import os
import random
import re
import signal

from disturbed_load import TASKS, Disturber, run_load
from system import expect, run_test, say, whole_stack

# make exports what it knows, as empty texts too.
KILLS = float(os.environ.get("KILLS") or 40)


class Killer(Disturber):
    """Kills the newest worker of a function, at random times."""

    chance = random.Random(1)

    def pauses(self):
        while True:
            yield self.chance.uniform(0.5, 1.5) * 60 / KILLS

    def disturb(self):
        function = self.chance.choice(list(TASKS))
        found = re.findall(rf"worker started function={function} pid=(\d+)", self.log.read_text())
        try:
            os.kill(int(found[-1]), signal.SIGKILL)
        except (IndexError, ProcessLookupError):
            return 0  # there is none at the moment
        return 1


def test():
    with whole_stack() as stack:
        kills = run_load(stack, Killer(stack))
        say(f"{kills} workers killed; all values are right")
        expect(kills >= 3, f"only {kills} workers were killed")


if __name__ == "__main__":
    run_test(test)
