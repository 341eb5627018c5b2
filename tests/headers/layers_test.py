"""layers.py sees each kind of thing that is wrong, and nothing where all is right; and a header that
does not compile alone is seen by .ci/each_file.py.
"""

import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / ".ci")]

import each_file
import layers

PUBLIC = "udf/include/kapacitor/udf/a.hpp"


class Layers(unittest.TestCase):
    def problems(self, files):
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                path = Path(root, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text + "\n")
            return layers.problems_of(root)

    def including(self, file, *names):
        return self.problems({file: "\n".join(f"#include {name}" for name in names)})

    def test_the_project_is_as_it_says(self):
        self.assertEqual(layers.problems_of(HERE.parents[1]), [])

    def test_an_arrow_up_or_to_the_side_is_seen(self):
        for file, name in (
            (PUBLIC, "<boost/asio.hpp>"),
            (PUBLIC, "<google/protobuf/message.h>"),
            (PUBLIC, "<protozero/varint.hpp>"),
            (PUBLIC, "<spdlog/spdlog.h>"),
            (PUBLIC, '"session/session.hpp"'),
            (PUBLIC, "<unistd.h>"),
            ("udf/base/text/a.cpp", '"base/net/event_loop.hpp"'),
            ("udf/base/line/a.cpp", "<kapacitor/udf.hpp>"),
            ("udf/src/wire/a.cpp", '"session/session.hpp"'),
            ("udf/src/session/a.cpp", '"server/server.hpp"'),
            ("udf/src/session/a.cpp", '"../server/server.hpp"'),
            ("udf/src/session/a.cpp", "<unistd.h>"),
            ("udf/src/drive/a.cpp", '"connect/udf_client.hpp"'),
            ("udf/src/server/a.cpp", '"host/run.hpp"'),
            ("udf/src/host/a.cpp", '"server/server.hpp"'),
            ("udf/src/host/a.cpp", '"functions/registry.hpp"'),
            ("udf/functions/a.cpp", '"wire/frame.hpp"'),
            ("udf/examples/a.cpp", '"functions/statistics/ewma.hpp"'),
            ("udf/src/session/a.cpp", '"signal/math.hpp"'),
            ("generator/run/a.cpp", "<kapacitor/udf.hpp>"),
            ("generator/run/a.cpp", '"wire/frame.hpp"'),
            ("generator/scenario/a.cpp", '"run/lane.hpp"'),
        ):
            problems = self.including(file, name)
            self.assertEqual(len(problems), 1, (file, name))
            self.assertIn(f"{file}:1: ", problems[0])
            self.assertTrue(problems[0].endswith(f"must not include {name[1:-1]}"), problems)

    def test_an_arrow_down_is_fine(self):
        for file, name in (
            (PUBLIC, "<string_view>"),
            (PUBLIC, "<kapacitor/udf/point.hpp>"),
            ("udf/src/session/a.cpp", '"wire/frame.hpp"'),
            ("udf/src/server/a.cpp", "<sys/socket.h>"),
            ("udf/app/a.cpp", '"host/cli.hpp"'),
            ("generator/run/a.cpp", '"base/line/escape.hpp"'),
        ):
            self.assertEqual(self.including(file, name), [])

    def test_a_neighbour_may_be_included_by_its_name(self):
        files = {"udf/functions/a.cpp": '#include "b.hpp"', "udf/functions/b.hpp": ""}
        self.assertEqual(self.problems(files), [])

    def test_a_folder_that_has_no_place_is_seen(self):
        self.assertRegex(self.including("udf/src/new/a.cpp", "<vector>")[0], "lies in no folder")

    def test_a_circle_of_files_is_seen(self):
        problems = self.problems({
            "udf/src/wire/a.hpp": '#include "wire/b.hpp"',
            "udf/src/wire/b.hpp": '#include "wire/c.hpp"',
            "udf/src/wire/c.hpp": '#include "wire/a.hpp"',
        })  # fmt: skip
        self.assertEqual(len(problems), 1)
        self.assertRegex(problems[0], "a circle of files: .*a.hpp -> .*b.hpp -> .*c.hpp -> .*a.hpp")

    def test_a_circle_of_folders_is_seen_though_no_two_files_include_each_other(self):
        problems = self.problems({
            "udf/functions/signal/a.hpp": '#include "functions/tracking/b.hpp"',
            "udf/functions/tracking/b.hpp": "",
            "udf/functions/tracking/c.hpp": '#include "functions/signal/d.hpp"',
            "udf/functions/signal/d.hpp": "",
        })  # fmt: skip
        self.assertEqual(len(problems), 1)
        self.assertIn("a circle of folders: udf/functions/signal -> udf/functions/tracking", problems[0])

    def test_a_second_one_of_a_kind_is_seen(self):
        for file, text, what in (
            ("udf/src/host/a.cpp", "class line_parser {", "a reader of line protocol"),
            ("generator/replay/a.hpp", "line parse_line(std::string_view text);", "a reader of line"),
            ("udf/functions/a.cpp", "std::string unescape(std::string_view t) {", "a reader of line"),
            ("generator/run/a.cpp", "void escape_tag(std::string& to);", "a writer of line protocol"),
            ("udf/src/program/a.hpp", "seconds parse_duration(std::string_view text);", "durations"),
            ("udf/src/program/a.hpp", "std::size_t read_size(std::string_view text);", "durations"),
            ("udf/src/host/a.cpp", 'constexpr unit units[] = {{"ms", 1\'000\'000}};', "durations"),
            ("udf/src/check/a.cpp", "#include <boost/beast/http.hpp>", "HTTP or TCP"),
            ("generator/run/a.cpp", "#include <boost/asio/ip/tcp.hpp>", "HTTP or TCP"),
            ("generator/cli/a.hpp", "class usage_error : public std::runtime_error {", "an error for"),
            ("udf/src/host/a.hpp", "url parse_url(std::string_view text);", "a URL"),
            ("udf/src/host/a.cpp", "  if (::bind(fd, address, size) != 0) fail();", "a UNIX socket"),
        ):
            problems = self.problems({file: text})
            self.assertEqual(len(problems), 1, (file, text, problems))
            self.assertIn(what, problems[0])

    def test_gzip_is_made_in_base_only(self):
        self.assertIn("gzip is made in udf/base/ only", self.including("udf/src/host/a.cpp", "<zlib.h>")[0])

    def test_the_first_one_of_a_kind_and_its_use_are_fine(self):
        self.assertEqual(self.problems({
            "udf/base/line/parse.hpp": "class line_parser {",
            "udf/base/text/units.hpp": "std::int64_t parse_duration(std::string_view text);",
            "udf/src/host/a.cpp": "void run() {\n  const auto every = parse_duration(text);\n}",
        }), [])  # fmt: skip


class Headers(unittest.TestCase):
    def test_a_header_that_does_not_compile_alone_is_seen(self):
        with tempfile.TemporaryDirectory() as folder:
            files = {}
            for name, text in (("alone", "#include <string>\n"), ("needs", "")):
                header = Path(folder, f"{name}.hpp")
                header.write_text(f"#pragma once\n{text}std::string shown();\n")
                command = f"g++ -std=c++20 -x c++ -include {header} -c /dev/null"
                files[name] = {"directory": folder, "file": str(header), "command": command}
            self.assertEqual(each_file.look_at(files, each_file.compiled, quiet=True), 1)
            del files["needs"]
            self.assertEqual(each_file.look_at(files, each_file.compiled), 0)


if __name__ == "__main__":
    unittest.main()
