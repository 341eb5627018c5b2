"""What Kapacitor's own tests expect: read out of integrations/streamer_test.go of a checkout.

A small reader of Go's literals: strings, numbers, `models.Result{...}`, `time.Date(...)`. What a test
computes in a loop is not a literal, and is not read.
"""

import datetime
import re

TOKEN = re.compile(r"""\s*(?://[^\n]*\s*)*("(?:[^"\\]|\\.)*"|`[^`]*`|-?\d[\d.]*|[\w.]+|.)""", re.S)
# Nodes that every test has, or that only choose points.
PLUMBING = {"from", "window", "httpOut", "groupBy", "where", "log", "query"}


class Literals:
    """Reads one literal at a position; `names` are the variables that it may use."""

    def __init__(self, text, position, names):
        self.text, self.position, self.names = text, position, names

    def peek(self):
        return TOKEN.match(self.text, self.position)[1]

    def take(self):
        token = TOKEN.match(self.text, self.position)
        self.position = token.end()
        return token[1]

    def value(self):
        token = self.take()
        if token == "{":
            return self.elements("}")
        if token == "[":
            self.take()
            return self.value()
        if token == "map":
            while self.take() != "]":
                pass
            self.take()
            return self.value()
        if token == "interface":
            self.take(), self.take()
            return self.value()
        if token[0] in "\"`":
            return token[1:-1]
        if token[0].isdigit() or token[0] == "-":
            return float(token)
        return self.named(token)

    def named(self, token):
        if self.peek() == "{":
            return self.value()
        if self.peek() == "(":
            self.take()
            arguments = self.elements(")")
            return date(arguments) if token == "time.Date" else arguments
        return {"true": True, "false": False}.get(token, self.names.get(token))

    def elements(self, end):
        """Of `{a, b}` a list, of `{key: a}` a dict. A field's name, which is no variable, is a key."""
        values, pairs = [], {}
        while self.peek() != end:
            name = self.peek()
            one = self.value()
            if self.peek() == ":":
                self.take()
                pairs[one if name.startswith('"') else name] = self.value()
            else:
                values.append(one)
            if self.peek() == ",":
                self.take()
        self.take()
        return pairs or values


def date(arguments):
    """Seconds since 1970."""
    whole = [int(part) for part in arguments[:6]]
    return int(datetime.datetime(*whole, tzinfo=datetime.timezone.utc).timestamp())


class Tests:
    """The tests of a file, by name."""

    def __init__(self, path):
        text = path.read_text(encoding="utf-8")
        bodies = re.findall(r"^func (Test\w+)\(.*?\n(.*?)^}$", text, re.M | re.S)
        self.bodies = dict(bodies)

    def nodes(self, recording):
        """What the tests of a recording do with it, without what all of them do."""
        found = set()
        for body in self.bodies.values():
            if f'"{recording}"' in body:
                found |= set(re.findall(r"^[^/\n]*\|(\w+)\(", body, re.M))
                found |= set(re.findall(r"^\s*@(\w+)\(", body, re.M))
        return sorted(found - PLUMBING)

    def literal(self, test, name):
        """The literal that is given to the variable, None if there is none."""
        body = self.bodies[test]
        dates = re.finditer(r"(\w+) := (time\.Date\()", body)
        names = {d[1]: Literals(body, d.start(2), {}).value() for d in dates}
        start = re.search(rf"\b{name} :=\s*", body)
        return Literals(body, start.end(), names).value() if start else None

    def rows(self, test):
        """[(tags, {column: value})] of the one result that a test expects."""
        return rows_of(self.literal(test, "er"))

    def methods(self, test):
        """[(method, rows)] of a test that has a table of them."""
        return [(c["Method"], rows_of(c["ER"])) for c in self.literal(test, "testCases")]


def rows_of(result):
    rows = []
    for series in result.get("Series", []):
        for values in series["Values"]:
            rows.append((series.get("Tags") or {}, dict(zip(series["Columns"], values))))
    return rows
