#!/usr/bin/env python3
"""Looks at source files one by one, though the build compiles many at a time.

  each_file.py syntax [--all]    compiles each file by itself, with all warnings, into nothing
  each_file.py headers [--all]   compiles each header of ours by itself
  each_file.py tidy [--all]      clang-tidy on each file

Only what changed since the merge base with the main branch (BASE= another commit), committed or
not; with --all every file. How each file is compiled is read from build-check, which must be
configured (`.ci/build.sh check proto_sources page_sources`).
"""

import concurrent.futures
import json
import os
import random
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build-check"
AREAS = ("generator", "tests", "udf")
# clang-tidy takes some six seconds for a file.
TIDY_AT_MOST = 60
# Files that must not compile.
NO_HEADERS = re.compile(r"^tests/headers/")


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def base_commit():
    """The merge base with main; on main itself, what its last commit changed."""
    if named := os.environ.get("BASE"):
        return named
    for main in ("origin/main", "main"):
        base = git("merge-base", "HEAD", main)
        if base and base != git("rev-parse", "HEAD"):
            return base
    return git("rev-parse", "HEAD^1")


def changed_files():
    """Paths from ROOT, or None if git cannot tell."""
    if not (base := base_commit()):
        return None
    tracked = git("diff", "--name-only", base).splitlines()
    return {*tracked, *git("ls-files", "--others", "--exclude-standard").splitlines()}


def one_by_one(entry):
    """An entry of compile_commands.json as one for each source: unity files are of many."""
    file = Path(entry["directory"], entry["file"])
    sources = [str(file)]
    if "/Unity/unity_" in str(file):
        sources = re.findall(r'^#include "(.*)"', file.read_text(), re.M)
    command = re.sub(r" -o \S+ -c .*", "", entry["command"])
    for source in sources:
        yield {"directory": entry["directory"], "file": source,
               "command": f"{command} -Wshadow -c {source}"}  # fmt: skip


def ours(path):
    path = Path(path)
    return path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in AREAS


def commands():
    """How each source is compiled by itself: {path from ROOT: entry}, of the first target."""
    found = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text()):
        for single in one_by_one(entry):
            if ours(single["file"]):
                found.setdefault(str(Path(single["file"]).relative_to(ROOT)), single)
    return found


def nearness(header, entry, source):
    """How much of the path they share; of equals, the one that is told most of where headers are."""
    return len(os.path.commonpath([header, source])), entry["command"].count(" -I")


def headers_like(sources):
    """Each header as if it were a source of its folder, or of the nearest above that has some."""
    for path in sorted(ROOT.glob("*/**/*.hpp")):
        name = str(path.relative_to(ROOT))
        if not ours(path) or NO_HEADERS.match(name):
            continue
        near = max(sources, key=lambda source: nearness(name, sources[source], source))
        command = re.sub(r" -c .*", "", sources[near]["command"])
        yield name, {"directory": sources[near]["directory"], "file": str(path),
                     "command": f"{command} -x c++ -include {path} -c /dev/null"}  # fmt: skip


def compiled(entry):
    return [*shlex.split(entry["command"]), "-fsyntax-only"]


def tidied(entry):
    return ["clang-tidy-14", "--quiet", "-p", str(BUILD / "each_file"), entry["file"]]


def write_tidy_database(sources):
    """For clang: without what is said to gcc alone."""
    (BUILD / "each_file").mkdir(exist_ok=True)
    database = json.dumps(list(sources.values())).replace(" -Wno-restrict", "")
    (BUILD / "each_file" / "compile_commands.json").write_text(database)


def at_most(count, files):
    """Others of them after the next commit, if there are more."""
    if count is None or len(files) <= count:
        return files
    chosen = random.Random(git("rev-parse", "HEAD")).sample(sorted(files), count)
    print(f"{len(files)} files changed, clang-tidy looks at {count} of them here; make tidy: all")
    return {name: files[name] for name in chosen}


def run(arguments, entry):
    return subprocess.run(arguments(entry), cwd=entry["directory"], capture_output=True, text=True)


def look_at(files, arguments, quiet=False):
    """Prints what is wrong; how many files are."""
    wrong = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in pool.map(lambda entry: run(arguments, entry), files.values()):
            if done.returncode != 0:
                wrong += 1
                print("" if quiet else done.stdout + done.stderr, flush=True)
    return wrong


def main(mode, everything=False):
    started = time.monotonic()
    sources = commands()
    files = dict(headers_like(sources)) if mode == "headers" else sources
    total, changed = len(files), None if everything else changed_files()
    if changed is not None:
        files = {name: entry for name, entry in files.items() if name in changed}
    if mode == "tidy":
        write_tidy_database(sources)
        files = at_most(None if everything else TIDY_AT_MOST, files)
    wrong = look_at(files, tidied if mode == "tidy" else compiled)
    seconds = time.monotonic() - started
    print(f"{mode}: {len(files)} of {total} files, {wrong} wrong, {seconds:.0f} s", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    if not set(sys.argv[2:]) <= {"--all"} or sys.argv[1:2] not in (["syntax"], ["headers"], ["tidy"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], "--all" in sys.argv))
