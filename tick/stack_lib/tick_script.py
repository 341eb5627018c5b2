"""What a TICKscript of tick/ says about itself: its function, its vars, its options.

So that the host, in Kapacitor's place, is given exactly what the script would have given.
"""

import json
import re

from .processes import Failure
from .programs import PROJECT

VAR_FORMS = (
    ("int", r"-?[0-9]+", int),
    ("float", r"-?[0-9]+[.][0-9]+", float),
    ("duration", r"[0-9]+(u|ms|s|m|h|d|w)", str),
)


def typed_var(text):
    """A value as `kapacitor define -vars` reads it; its type is seen from its form."""
    for kind, form, convert in VAR_FORMS:
        if re.fullmatch(form, text):
            return {"type": kind, "value": convert(text)}
    return {"type": "string", "value": text}


def parse_vars(words):
    """NAME=VALUE words; the last of a name counts."""
    pairs = dict(word.partition("=")[::2] for word in words)
    if wrong := [word for word in words if "=" not in word]:
        raise Failure(f"OPTIONS: {wrong[0]!r} is not NAME=VALUE")
    return pairs


class TickScript:
    def __init__(self, name):
        self.name = name
        self.path = PROJECT / "tick" / f"{name}.tick"
        if not self.path.is_file():
            raise Failure(f"FUNCTION={name} has no TICKscript; there are: {' '.join(all_scripts())}")
        self.text = self.path.read_text()

    @property
    def function(self):
        """The UDF that it calls: outliers_batch.tick calls @outliers()."""
        return re.search(r"^ *@([a-z0-9_]+)\(\)", self.text, re.M)[1]

    @property
    def is_batch(self):
        return re.search(r"^ *\|query\(", self.text, re.M) is not None

    @property
    def is_windowed(self):
        """Whether batches go into its function: of a window, or a query's answers."""
        return re.search(r"^ *\|(window|query)\(", self.text, re.M) is not None

    @property
    def gives_one_for_each(self):
        """Whether it says that each point gives one result: else only what is written can count."""
        return "// output   one point for each point in:" in self.text

    def trial_vars(self):
        """What its header says a run of a few seconds needs. A path tick/FILE is the project's."""
        lines = re.findall(r"^// trial +(.*)", self.text, re.M)
        words = " ".join(lines).replace("=tick/", f"={PROJECT}/tick/").split()
        return parse_vars(words)

    def var(self, name, given):
        """The given value, else the script's default, without quotes."""
        if name in given:
            return given[name]
        default = re.search(rf"^var {name} = '?([^'\n]*)'?$", self.text, re.M)
        return default[1] if default else ""

    def uses(self):
        """The options that it gives to its function: (name, arguments) each."""
        call = re.search(r"^ *@(.*?)(?:^ *\||\Z)", self.text, re.M | re.S)[1]
        found = re.findall(r"^ *\.([a-zA-Z]+)\((.*)\)$", call, re.M)
        return [(name, re.split(", *", text) if text else []) for name, text in found]

    def host_options(self, given):
        """The options as flags of kapacitor-udf-host."""
        flags = []
        for name, arguments in self.uses():
            values = [self._value(argument, given) for argument in arguments]
            flags += ["--opt", "=".join([name, ",".join(values)]) if values else name]
        return flags

    def host_window(self, given):
        if not self.is_windowed:
            return []
        return ["--window", f"{self.var('period', given)}/{self.var('every', given)}", "--align"]

    def _value(self, argument, given):
        """A var by its value, and a literal as it is."""
        is_var = re.fullmatch("[a-z][a-zA-Z]*", argument)
        return self.var(argument, given) if is_var else argument

    def vars_json(self, given):
        return json.dumps({name: typed_var(value) for name, value in given.items()})


def all_scripts():
    return sorted(path.stem for path in (PROJECT / "tick").glob("*.tick"))
