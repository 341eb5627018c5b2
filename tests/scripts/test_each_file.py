"""What .ci/each_file.py makes of a build's list of commands."""

import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / ".ci"))

import each_file


class EachFile(unittest.TestCase):
    def test_a_unity_file_is_taken_apart_and_shadows_are_seen(self):
        with tempfile.TemporaryDirectory() as folder:
            unity = Path(folder, "Unity", "unity_0_cxx.cxx")
            unity.parent.mkdir()
            unity.write_text('/* generated */\n#include "/a/one.cpp"\n#include "/a/two.cpp"\n')
            command = f"g++ -Wall -o x/unity_0.o -c {unity}"
            entry = {"directory": folder, "file": str(unity), "command": command}
            singles = list(each_file.one_by_one(entry))
        self.assertEqual([each["file"] for each in singles], ["/a/one.cpp", "/a/two.cpp"])
        self.assertEqual(singles[1]["command"], "g++ -Wall -Wshadow -c /a/two.cpp")

    def test_a_header_is_compiled_as_a_source_nearest_to_it(self):
        sources = {
            "udf/src/wire/frame.cpp": {"directory": "/b", "command": "g++ -I wire -c frame.cpp"},
            "generator/run/lane.cpp": {"directory": "/b", "command": "g++ -I run -c lane.cpp"},
        }
        headers = dict(each_file.headers_like(sources))
        self.assertIn("g++ -I run ", headers["generator/run/lane.hpp"]["command"])
        self.assertIn("g++ -I wire ", headers["udf/src/wire/frame.hpp"]["command"])

    def test_a_file_that_is_wrong_is_counted(self):
        with tempfile.TemporaryDirectory() as folder:
            files = {}
            for name, text in (("good.cpp", "int x = 1;\n"), ("bad.cpp", "int x = ;\n")):
                source = Path(folder, name)
                source.write_text(text)
                files[name] = {"directory": folder, "file": str(source), "command": f"g++ -c {source}"}
            self.assertEqual(each_file.look_at(files, each_file.compiled, quiet=True), 1)


if __name__ == "__main__":
    unittest.main()
