"""man_test.py PAGES BIN: man and groff have nothing to say against the pages, and they are complete."""

import os
import re
import subprocess
import sys
import unittest

from programs import NAMES, PAGES, commands_of, flags_of, said_by, table_of


def page_of(name, command):
    section = "8" if name == "kapacitor-udfd" else "1"
    return PAGES / f"man{section}" / ("-".join([name, *command]) + f".{section}")


def shown(page):
    """The page as a terminal shows it. Errors: AssertionError if man or groff warn"""
    environment = dict(os.environ, MANWIDTH="200", LC_ALL="C.UTF-8", MANROFFSEQ="")
    done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-P", "cat", "-l", page], check=True,
                          capture_output=True, text=True, env=environment)
    assert done.stderr == "", f"{page.name}: {done.stderr}"
    return re.sub(".\b", "", done.stdout)


class ManPages(unittest.TestCase):
    def all_pages(self):
        pages = sorted(PAGES.glob("man?/*"))
        self.assertGreater(len(pages), 10)
        return pages

    def test_are_shown_without_a_warning(self):
        for page in self.all_pages():
            self.assertIn("NAME", shown(page))

    def test_have_a_line_for_apropos(self):
        for page in self.all_pages():
            done = subprocess.run(["lexgrog", page], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_have_every_flag_of_the_help(self):
        for name in NAMES:
            for command in commands_of(name):
                words = set(shown(page_of(name, command)).replace(",", " ").split())
                missing = flags_of(name, command) - words
                self.assertEqual(missing, set(), f"{name} {command}")

    def test_there_is_one_for_each_command_and_no_other(self):
        wanted = {page_of(name, command) for name in NAMES for command in commands_of(name)}
        wanted.add(PAGES / "man5" / "kapacitor-udfd.toml.5")
        self.assertEqual(set(self.all_pages()), wanted)

    def test_name_their_variables_and_signals(self):
        text = shown(page_of("kapacitor-udfd", []))
        for part in ("KAPACITOR_UDFD_LOG_LEVEL", "KAPACITOR_UDFD_CONFIG", "SIGNALS", "EXIT STATUS"):
            self.assertIn(part, text)
        self.assertIn("EXAMPLES", shown(page_of("kapacitor-udf-host", [])))

    def test_of_the_configuration_has_every_key(self):
        table = table_of("kapacitor-udfd")
        rows = table["options"] + [o for s in table["sections"] for o in s["options"]]
        keys = {row["name"] for row in rows if row["key"]}
        self.assertGreater(len(keys), 20)
        text = shown(PAGES / "man5" / "kapacitor-udfd.toml.5")
        found = set(re.findall(r"^ +([a-z-]+) = [A-Za-z]", text, re.M))
        self.assertEqual(keys - found, set())
        self.assertEqual({s["name"] for s in table["sections"]},
                         set(re.findall(r"TABLE \[(\w+)\.NAME\]", text)))

    def test_say_which_version_they_are_of(self):
        version = said_by("kapacitor-udfd", "--version").split()[-1]
        for page in self.all_pages():
            self.assertIn(version, shown(page).splitlines()[-1])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
