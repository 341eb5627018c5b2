"""Parameters from the environment, as tick/stack.py explains them."""

import os

from .processes import Failure
from .tick_script import parse_vars

# Results go into a database of their own, so that they are not sent round again.
OUT_DATABASE = "demo_udf"


def parameter(name, default=""):
    """An empty one is as none: make exports them all."""
    return os.environ.get(name) or default


def options():
    return parse_vars(parameter("OPTIONS").split())


def seconds_or_duration(text):
    return f"{text}s" if text.isdigit() else text


def record_seconds():
    text = parameter("RECORD_SECONDS", "20").removesuffix("s")
    if not text.isdigit() or int(text) == 0:
        raise Failure(f"RECORD_SECONDS={text}: must be a number of seconds, at least 1")
    return int(text)


def stream_flags():
    """What the user wants of the generator's stream."""
    flags = []
    for name, flag in (("RATE", "--rate"), ("SERIES", "--series")):
        if value := parameter(name):
            flags += [flag, value]
    return flags
