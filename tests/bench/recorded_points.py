"""Points of Kapacitor's recordings (.srpl): lines of database, retention policy, line protocol."""

import dataclasses
import re

SECOND = 1_000_000_000


@dataclasses.dataclass
class Point:
    time: int  # ns
    name: str
    tags: dict
    fields: dict

    def line(self):
        tags = "".join(f",{escaped(k)}={escaped(v)}" for k, v in sorted(self.tags.items()))
        fields = ",".join(f"{escaped(k)}={written(v)}" for k, v in self.fields.items())
        return f"{escaped(self.name)}{tags} {fields} {self.time}"


def escaped(name):
    return re.sub(r"([, =])", r"\\\1", name)


def written(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return f"{value}i"
    if isinstance(value, float):
        return repr(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def pieces(text, separator):
    """Of a text split at a character that is neither escaped nor within quotes."""
    return re.findall(rf'(?:"(?:[^"\\]|\\.)*"|\\.|[^{separator}"\\])+', text)


def plain(name):
    return re.sub(r"\\([, =])", r"\1", name)


def value_of(text):
    if text[0] == '"':
        return re.sub(r'\\(["\\])', r"\1", text[1:-1])
    if text in ("t", "T", "true", "True", "TRUE", "f", "F", "false", "False", "FALSE"):
        return text[0] in "tT"
    return int(text[:-1]) if text[-1] == "i" else float(text)


def pairs(texts):
    split = (pieces(text, "=") for text in texts)
    return {plain(key): value for key, value in split}


def point_of(line, unit=1):
    head, fields, time = pieces(line, " ")
    name, *tags = pieces(head, ",")
    values = {k: value_of(v) for k, v in pairs(pieces(fields, ",")).items()}
    named = {k: plain(v) for k, v in pairs(tags).items()}
    return Point(int(time) * unit, plain(name), named, values)


def read_recording(path):
    """The points; the times of Kapacitor's own recordings are in seconds."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [point_of(line, SECOND) for line in lines[2::3]]


def write_recording(path, points):
    path.write_text("".join(f"dbname\nrpname\n{p.line()}\n" for p in points), encoding="utf-8")
