"""Asking an InfluxDB 1.x."""

import json
import urllib.parse

from .processes import Failure, answers, http


class InfluxDB:
    def __init__(self, url):
        self.url = url.rstrip("/")

    def is_up(self):
        return answers(f"{self.url}/ping")

    def query(self, statement, database=""):
        """The series of the answer; an error in it is one of ours."""
        form = urllib.parse.urlencode({"q": statement, "db": database, "epoch": "ns"})
        answer = json.loads(http(f"{self.url}/query", form.encode()))
        results = answer.get("results", [])
        for part in (answer, *results):
            if "error" in part:
                raise Failure(f"InfluxDB did not answer {statement}: {part['error']}")
        return [series for result in results for series in result.get("series", [])]

    def create(self, database):
        self.query(f'CREATE DATABASE "{database}"')

    def drop(self, database):
        self.query(f'DROP DATABASE "{database}"')

    def write(self, database, lines):
        url = f"{self.url}/write?db={database}&rp=autogen"
        http(url, "".join(f"{line}\n" for line in lines).encode())

    def count(self, database, measurement, field="*"):
        """Points stored, by a field or by the one that most have; 0 if there is no such database."""
        field = field if field == "*" else f'"{field}"'
        try:
            series = self.query(f'SELECT count({field}) FROM "{measurement}"', database)
        except Failure:
            return 0
        rows = [row[1:] for each in series for row in each["values"]]
        return sum(max(filter(None, row), default=0) for row in rows)

    def subscriptions(self):
        """(database, retention policy, name, destinations) of each."""
        return [(series["name"], row[0], row[1], row[3])
                for series in self.query("SHOW SUBSCRIPTIONS") for row in series["values"]]  # fmt: skip

    def is_subscribed(self, database):
        return any(database == each[0] for each in self.subscriptions())

    def drop_subscriptions(self, destination):
        """Those to a destination that is gone: InfluxDB would go on serving them."""
        for database, policy, name, destinations in self.subscriptions():
            if destination in destinations:
                self.query(f'DROP SUBSCRIPTION "{name}" ON "{database}"."{policy}"')
