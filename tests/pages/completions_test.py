"""completions_test.py PAGES BIN: bash, zsh and fish offer what the programs take."""

import pathlib
import sys
import tempfile
import unittest

from programs import NAMES, commands_of, flags_of, said_by, table_of
from shells import Zsh, bash, fish


class Completions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        for name in ("cpu.lp", "some.toml"):
            (cls.folder / name).touch()
        (cls.folder / "sockets").mkdir()
        zsh = Zsh(cls.folder)
        cls.addClassCleanup(zsh.close)
        cls.shells = {"bash": lambda line: bash(line, cls.folder), "zsh": zsh,
                      "fish": lambda line: fish(line, cls.folder)}

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def offers(self, line, wanted, but_for=""):
        for shell, ask in self.shells.items():
            if shell == but_for:
                continue
            with self.subTest(shell=shell, line=line):
                self.assertEqual(ask(line), set(wanted))

    def test_have_every_flag_of_every_command(self):
        for name in NAMES:
            for command in commands_of(name):
                # Of the help alone, not of the table from which completions are made.
                self.offers(" ".join([name, *command, "--"]), flags_of(name, command))

    def test_have_the_rest_of_a_flag(self):
        self.offers("kapacitor-udfd --socket-",
                    ["--socket-dir", "--socket-mode", "--socket-group"])

    def test_have_the_commands(self):
        for name in NAMES[1:]:
            self.offers(name + " ", [c["name"] for c in table_of(name)["commands"]])
        self.offers("kapacitor-udf-host re", ["record", "replay"])

    def test_take_no_value_for_a_command(self):
        # fish itself takes any word that is called like a command for one.
        self.offers("kapacitor-udf-generator --db check re", ["replay"], but_for="fish")

    def test_have_the_values_that_are_allowed(self):
        self.offers("kapacitor-udfd --isolate ", ["function", "task", "none"])
        self.offers("kapacitor-udfd --isolate=t", ["task"])
        self.offers("kapacitor-udf-host run --gzip ", ["off", *"123456789"])

    def test_have_the_functions(self):
        listed = {line.split()[0] for line in said_by("kapacitor-udfd", "--list").splitlines()
                  if line.startswith("  ")}
        self.assertIn("moving_average", listed)
        self.offers("kapacitor-udfd --describe m", {f for f in listed if f.startswith("m")})

    def test_have_scenarios_and_files(self):
        self.offers("kapacitor-udf-generator --scenario some", ["some.toml"])
        self.offers("kapacitor-udf-generator --scenario ch", ["chirp"])
        self.offers("kapacitor-udf-generator scenarios ch", ["chirp"])
        self.offers("kapacitor-udf-host replay cp", ["cpu.lp"])
        self.offers("kapacitor-udfd --config some", ["some.toml"])

    def test_have_folders_where_a_folder_is_wanted(self):
        self.offers("kapacitor-udfd --socket-dir so", ["sockets"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
