"""layers.py [ROOT]: udf/ and generator/ are built as udf/DESIGN.md says. Says each thing that is not,
as file:line, and ends with 1 then. What is checked:

- every #include follows an arrow: a folder includes only what ALLOWED lists for it;
- the includes among our files have no circle, neither of files nor of folders;
- there is one reader of line protocol, one of durations, one HTTP, one gzip: what KINDS names is
  defined where its home is, and nowhere else.
"""

import re
import sys
from pathlib import Path

# What a folder may include beside the standard library: the beginnings of the names.
# ruff: noqa: E501
ALLOWED = {
    "udf/base/text": "base/text/ fmt/ spdlog/ POSIX",
    "udf/base/numbers": "base/text/ base/numbers/",
    "udf/base/line": "base/text/ base/numbers/ base/line/ fmt/ nlohmann/ POSIX",
    "udf/base/table": "base/text/ base/numbers/ base/line/ base/options/ base/table/ fmt/",
    "udf/base/options": "base/text/ base/options/ fmt/ nlohmann/ CLI/ toml++/ POSIX",
    "udf/base/process": "base/text/ base/process/ POSIX",
    "udf/base/net": "base/text/ base/numbers/ base/line/ base/net/ boost/ fmt/ nlohmann/ POSIX",
    "udf/base/metrics": "base/text/ base/numbers/ base/options/ base/net/ base/metrics/ boost/ prometheus/ POSIX",
    "udf/base/influxdb": "base/text/ base/options/ base/numbers/ base/line/ base/net/ base/influxdb/ boost/ fmt/ nlohmann/ openssl/ zlib.h POSIX",
    "udf/base/delivery": "base/text/ base/numbers/ base/line/ base/net/ base/influxdb/ base/delivery/ boost/ fmt/",
    "udf/include": "kapacitor/",
    "udf/functions": "kapacitor/ functions/ boost/ absl/time/ fftw3.h POSIX",
    "udf/functions/enrichment": "kapacitor/ functions/ base/text/ base/line/ base/table/ POSIX",
    "udf/examples": "kapacitor/",
    "udf/src/wire": "kapacitor/ base/ wire/ protozero/ sanitizer/ sys/mman.h",
    "udf/src/api": "kapacitor/ base/ wire/ api/",
    "udf/src/session": "kapacitor/ base/ wire/ api/ session/ google/protobuf/ udf.pb.h",
    "udf/src/drive": "kapacitor/ base/ wire/ api/ session/ drive/ google/protobuf/ udf.pb.h fmt/ POSIX",
    "udf/src/connect": "kapacitor/ base/ wire/ drive/ connect/ google/protobuf/ udf.pb.h boost/ fmt/ POSIX",
    "udf/src/metrics": "base/text/ base/numbers/ base/process/ kapacitor/ session/totals.hpp session/point_watch.hpp metrics/ POSIX",
    "udf/src/journal": "kapacitor/ base/text/ wire/ api/ journal/",
    "udf/src/server": "kapacitor/ base/ wire/ session/ metrics/ server/ boost/ POSIX",
    "udf/src/supervise": "kapacitor/ base/ wire/ api/ session/totals.hpp journal/ metrics/ server/ supervise/ boost/ POSIX",
    "udf/src/describe": "kapacitor/ base/ api/ describe/ fmt/",
    "udf/src/program": "kapacitor/ base/ wire/ session/ metrics/ journal/ server/ supervise/ describe/ program/ boost/ fmt/ POSIX",
    "udf/src/watch": "kapacitor/ base/text/ base/numbers/ base/net/ base/metrics/ base/influxdb/url.hpp metrics/ supervise/view.hpp program/watch.hpp watch/ nlohmann/ prometheus/",
    "udf/src/doctor": "kapacitor/ base/ drive/ connect/ program/examiner.hpp doctor/ fmt/ nlohmann/ toml++/ POSIX",
    "udf/src/check": "kapacitor/ base/ wire/ session/ drive/ connect/ check/ google/protobuf/ udf.pb.h boost/ fmt/ nlohmann/ POSIX",
    "udf/src/bench": "kapacitor/ base/ wire/ session/ drive/ connect/ bench/ google/protobuf/ udf.pb.h boost/ fmt/ nlohmann/ POSIX",
    "udf/src/host": "kapacitor/ base/ wire/ drive/ connect/ check/ bench/ host/ google/protobuf/ udf.pb.h boost/ fmt/ nlohmann/ prometheus/ POSIX",
    "udf/app": "kapacitor/ base/ functions/ session/ program/ watch/ doctor/ host/",
    "generator/signal": "base/ signal/",
    "generator/scenario": "base/ scenario/ signal/ fmt/ toml++/",
    "generator/source": "base/ source/ scenario/ signal/ fmt/ nlohmann/ POSIX",
    "generator/replay": "base/ replay/ source/feed.hpp fmt/ nlohmann/ boost/ POSIX",
    "generator/sink": "base/ sink/ fmt/ boost/ POSIX",
    "generator/run": "base/ run/ replay/ source/ scenario/ signal/ sink/ boost/ fmt/ nlohmann/ prometheus/ POSIX",
    "generator/cli": "base/ cli/ run/ replay/ source/ scenario/ signal/ sink/ fmt/ nlohmann/ POSIX",
    "generator/app": "base/ cli/ run/settings.hpp",
}
POSIX = re.compile(r"((sys|netinet|arpa|linux)/)?[a-z0-9]+\.h$")
# Where names in quotes and brackets begin, for the files of udf/ and of generator/.
ROOTS = {"udf": ("udf", "udf/src", "udf/include"), "generator": ("generator", "udf")}


def defined(*names):
    """A function or class of one of these names, at the beginning of a line: no call is there."""
    either = "|".join(names)
    return rf"^(?![#/\s])(?:.*[\s&*:])?(?:{either})\(.*|^(?:class|struct) (?:{either})\b"


# There is one of each kind: (what it is, where it may be, how it is known).
KINDS = (
    ("HTTP or TCP", ("udf/base/net/", "udf/base/influxdb/"),
     r"^#include <(?:boost/beast/|boost/asio/ip/tcp|openssl/ssl|curl/)"),
    ("a UNIX socket that others connect to", ("udf/src/server/socket_file.cpp",), r"^.*[^\w.>:]::bind\("),
    ("gzip", ("udf/base/",), r"^#include <(?:zlib\.h|boost/iostreams/filter/gzip)"),
    ("a reader of line protocol", ("udf/base/line/",), defined(
        r"line_parser", r"parse_line\w*", r"parse_point", r"unescape\w*", r"find_unescaped", r"is_blank_or_comment",
        r"end_of_line", r"line_protocol\w*", r"read_(?:tag_set|field_set)")),
    ("a reader of CSV", ("udf/base/table/",), defined(
        r"csv_(?:reader|record|row|cell|table|dialect)", r"end_of_record", r"detect_dialect", r"split_csv\w*")),
    ("a writer of line protocol", ("udf/base/line/",),
     defined(r"escape_(?:key|measurement|tag\w*|string)", r"line_writer")),
    ("a reader of durations, sizes, counts or times", ("udf/base/text/", "udf/base/options/"), defined(
        r"parse_(?:duration|nanoseconds|size|bytes|count|factor|rate|moment|rfc3339)",
        # A class read_size is none: it says how much to read from a socket.
        r"read_(?:duration|nanoseconds|size(?=\()|bytes|rate|moment|rfc3339)")
     + r"|\{\s*\"(?:ns|us|u|ms)\",\s*[\d']"),
    ("a URL", ("udf/base/",), defined(r"parse_url", r"percent_(?:en|de)coded?")),
    ("the meaning of InfluxDB's answers", ("udf/base/influxdb/",), defined(r"write_outcome", r"judge_answer")),
    ("an error for the user", ("udf/base/text/",), r"^(?:class|struct) (?:usage|start)_error\b"),
)  # fmt: skip

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]*)')


class Tree:
    def __init__(self, root):
        self.root = Path(root)
        found = (path for top in ROOTS for path in (self.root / top).glob("**/*.[hc]pp"))
        self.files = {str(path.relative_to(self.root)): path.read_text() for path in sorted(found)}
        self.problems = []

    def report(self, file, line, text):
        self.problems.append(f"{file}:{line}: {text}")

    def includes(self, file):
        """(line, quote, name) of each."""
        for number, line in enumerate(self.files[file].splitlines(), 1):
            if found := INCLUDE.match(line):
                yield number, *found.groups()

    def resolve(self, file, name):
        """Which of our files it is, or None."""
        for root in (str(Path(file).parent), *ROOTS[file.partition("/")[0]]):
            if (path := f"{root}/{name}") in self.files:
                return path
        return None

    def graph(self):
        """What each of our files includes of ours."""
        edges = {}
        for file in self.files:
            targets = {self.resolve(file, name) for _, _, name in self.includes(file)}
            edges[file] = {each for each in targets if each}
        return edges


def layer_of(file):
    """The longest entry of ALLOWED that it lies in."""
    entries = [entry for entry in ALLOWED if file.startswith(f"{entry}/")]
    return max(entries, key=len, default=None)


def may_include(layer, name):
    if re.fullmatch("[a-z0-9_]+", name):
        return True
    for beginning in ALLOWED[layer].split():
        if POSIX.match(name) if beginning == "POSIX" else name.startswith(beginning):
            return True
    return False


def check_arrows(tree):
    for file in tree.files:
        layer = layer_of(file)
        if layer is None:
            tree.report(file, 1, "lies in no folder that layers.py knows")
            continue
        for line, quote, name in tree.includes(file):
            neighbour = quote == '"' and "/" not in name and tree.resolve(file, name)
            if not neighbour and not may_include(layer, name):
                tree.report(file, line, f"{layer} must not include {name}")


def find_circle(edges):
    """Some circle of a graph as a list whose first is its last, or None."""
    done, path = set(), []

    def visit(node):
        if node in path:
            return [*path[path.index(node):], node]
        if node in done:
            return None
        path.append(node)
        for target in sorted(edges.get(node, ())):
            if circle := visit(target):
                return circle
        path.pop()
        done.add(node)
        return None

    return next(filter(None, map(visit, sorted(edges))), None)


def of_folders(edges):
    """The graph of folders; public headers are one, whatever their depth."""
    def folder(file):
        return "udf/include" if file.startswith("udf/include/") else str(Path(file).parent)

    folders = {}
    for file, targets in edges.items():
        of_file = folders.setdefault(folder(file), set())
        of_file.update(folder(target) for target in targets if folder(target) != folder(file))
    return folders


def check_circles(tree):
    files = tree.graph()
    for kind, edges in (("files", files), ("folders", of_folders(files))):
        if circle := find_circle(edges):
            tree.report(circle[0], 1, f"a circle of {kind}: {' -> '.join(circle)}")


def check_kinds(tree):
    for file, text in tree.files.items():
        for what, homes, pattern in KINDS:
            if file.startswith(homes):
                continue
            for found in re.finditer(pattern, text, re.M):
                line = text.count("\n", 0, found.start()) + 1
                tree.report(file, line, f"{what} is made in {' or '.join(homes)} only: {found[0].strip()}")


def problems_of(root):
    tree = Tree(root)
    check_arrows(tree)
    check_circles(tree)
    check_kinds(tree)
    return tree.problems


if __name__ == "__main__":
    found = problems_of(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2])
    print("\n".join(found))
    sys.exit(1 if found else 0)
