"""Asking a Kapacitor, by HTTP and by its own command line client."""

import json
import re
import subprocess

from . import programs
from .processes import Failure, answers, http, wait_until


class Kapacitor:
    def __init__(self, url):
        self.url = url

    def is_up(self):
        return answers(f"{self.url}/kapacitor/v1/ping")

    def get(self, path):
        return json.loads(http(f"{self.url}/kapacitor/v1/{path}"))

    def client(self, *arguments):
        """What Kapacitor's client prints."""
        command = [programs.kapacitor(), "-url", self.url, *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Failure(f"kapacitor {' '.join(map(str, arguments))}: exit {done.returncode}")
        return done.stdout

    def subscribe(self, influxdb, database):
        """Subscriptions to a new database are made now, not at the next turn of the clock."""
        http(f"{self.url}/kapacitor/v1/subscriptions", b"")
        if not wait_until(10, lambda: influxdb.is_subscribed(database)):
            raise Failure(f"kapacitord has not subscribed to the database {database}")

    def define(self, task, script, folder, given):
        """Defines the TICKscript as a task that logs into FOLDER/TASK.json."""
        variables = folder / f"{task}.vars.json"
        variables.write_text(script.vars_json({"logFile": f"{folder}/{task}.json"} | given))
        self.client("define", task, "-type", "batch" if script.is_batch else "stream",
                    "-tick", script.path, "-dbrp", "demo.autogen", "-vars", variables)  # fmt: skip

    def start(self, task):
        """Enables it and sees that it runs."""
        self.client("enable", task)
        # Kapacitor enables a task first and asks the function afterwards: an error may come later.
        wait_until(10, lambda: self.executes(task) or self.error_of(task))
        if not self.executes(task):
            raise Failure(f"the task {task} does not run: {self.error_of(task)}")

    def executes(self, task):
        return self.get(f"tasks/{task}")["executing"]

    def error_of(self, task):
        return self.get(f"tasks/{task}").get("error", "")

    def node_stat(self, task, node, stat):
        """A counter of the first node of that name; Kapacitor adds a number, as in ewma2."""
        nodes = (self.get(f"tasks/{task}").get("stats") or {}).get("node-stats") or {}
        for name, stats in nodes.items():
            if re.fullmatch(f"{node}[0-9]+", name):
                return stats.get(stat, 0)
        return 0

    def processed(self, task, script):
        """Points that have come as far as the function; those of a window, before the window."""
        if script.is_windowed and script.is_batch:
            return self.node_stat(task, "query", "points_queried")
        if script.is_windowed:
            return self.node_stat(task, "from", "emitted")
        return self.node_stat(task, script.function, "collected")
