"""The tables of options of our programs, as `PROGRAM --help-json` prints them."""

import json
import re
import subprocess
from dataclasses import dataclass, field


@dataclass
class Option:
    """A flag, an argument, or what is only a key or a variable."""

    name: str
    help: str
    value: str = ""  # what the help calls it: "DURATION"; empty: the flag takes none
    letter: str = ""
    group: str = "General"
    default: str = ""
    variable: str = ""
    allowed: list = field(default_factory=list)  # if only these values are
    known: list = field(default_factory=list)  # values worth offering, although more are allowed
    excludes: list = field(default_factory=list)
    flag: bool = True
    key: bool = False  # of the file of --config
    argument: bool = False
    required: bool = False
    repeats: bool = False
    toggle: bool = False
    number: bool = False  # in a file a number will do, too

    def flags(self):
        """-q, --quiet, as they are typed."""
        return ([f"-{self.letter}"] if self.letter else []) + [f"--{self.name}"]

    def words(self):
        """The values to offer: all that are allowed, or those that are known."""
        if self.allowed or self.known:
            return self.allowed or self.known
        words = []
        for part in self.value.split("|"):
            digits = re.fullmatch(r"(\d)\.\.(\d)", part)
            if digits:
                words += [str(n) for n in range(int(digits[1]), int(digits[2]) + 1)]
            elif re.fullmatch("[a-z0-9]+", part):
                words.append(part)
        return words

    def kind(self):
        """What else the value may be: file, folder, command, user, group, or empty."""
        kinds = {"FILE": "file", "PATH": "file", "DIR": "folder", "CMD": "command",
                 "COMMAND": "command", "USER": "user", "GROUP": "group"}
        for part in self.value.split("|"):
            if part in kinds and not self.allowed:
                return kinds[part]
        return ""


@dataclass
class Command:
    """A command with the options that it alone has; or the tables [NAME.…] of a file."""

    name: str
    help: str
    options: list
    footer: str = ""


@dataclass
class Program:
    name: str
    version: str
    summary: str
    variables: str  # what the names of its environment variables begin with
    footer: str
    exit_codes: str
    standard_command: str
    general: list  # options that every program has
    options: list  # of all commands
    commands: list
    sections: list

    def all_of(self, command):
        """The options that `PROGRAM COMMAND --help` lists. command: None for the program's own."""
        return (command.options if command else []) + self.options + self.general


def read_option(row):
    known = {key: row[key] for key in Option.__dataclass_fields__ if key in row}
    shown = "" if row.get("toggle") else row.get("value", "")
    if not shown and row.get("allowed"):
        shown = "|".join(row["allowed"])
    known["value"] = row["name"] if row.get("argument") else shown
    return Option(**known)


def read_options(rows):
    return [read_option(row) for row in rows]


def read_program(table):
    commands = [Command(c["name"], c["help"], read_options(c["options"]), c["footer"])
                for c in table["commands"]]
    sections = [Command(s["name"], s["help"], read_options(s["options"]))
                for s in table["sections"]]
    return Program(
        name=table["program"], version=table["version"], summary=table["summary"],
        variables=table["variables"], footer=table["footer"], exit_codes=table["exit_codes"],
        standard_command=table["standard_command"], general=read_options(table["general"]),
        options=read_options(table["options"]), commands=commands, sections=sections)


def program_at(path):
    """The table of an executable. Errors: CalledProcessError if it does not print one."""
    done = subprocess.run([path, "--help-json"], check=True, capture_output=True, text=True)
    return read_program(json.loads(done.stdout))
