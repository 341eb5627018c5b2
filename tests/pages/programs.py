"""What the tests of pages and completions share: the folders, the programs and what they say."""

import json
import pathlib
import re
import subprocess
import sys

PAGES, BIN = map(pathlib.Path, sys.argv[1:3])
NAMES = ("kapacitor-udfd", "kapacitor-udf-host", "kapacitor-udf-generator")


def said_by(*words):
    return subprocess.run([BIN / words[0], *words[1:]], check=True, capture_output=True,
                          text=True).stdout


def table_of(name):
    return json.loads(said_by(name, "--help-json"))


def commands_of(name):
    """Every way to ask a program for its help: [], ["run"], …"""
    return [[], *([c["name"]] for c in table_of(name)["commands"])]


def flags_of(name, command):
    """The long flags in the left column of the help."""
    found = re.findall(r"^  (?:-\w, )?(--[a-z][a-z0-9-]*)", said_by(name, *command, "--help"), re.M)
    assert len(found) > 3, f"{name} {command}: --help has lost its flags"
    return set(found)
