#!/usr/bin/env python3
"""snippets.py COMPILER INCLUDE FILE.md...: the C++ blocks of these pages compile.
snippets.py --first FILE.md SOURCE: the first C++ block of the page is that source, to the letter.

The blocks of a page form one source: their #include lines come first, and each block stands in a namespace of
its own that sees the blocks before it, so that a page may test the function that it has just shown.
"""
import re
import subprocess
import sys

BLOCK = re.compile(r"^```cpp\n(.*?)^```$", re.M | re.S)
INCLUDE = re.compile(r"^#include .*$", re.M)


def source_of(page: str) -> str:
    """One source of all C++ blocks of a page, with #line so that errors name the page's lines."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    includes, bodies = ["#include <gtest/gtest.h>"], []
    for number, block in enumerate(BLOCK.finditer(text)):
        includes += INCLUDE.findall(block[1])
        line = text.count("\n", 0, block.start(1)) + 1
        seen = "".join(f"using namespace block_{n};\n" for n in range(number))
        bodies.append(f'namespace block_{number} {{\n{seen}#line {line} "{page}"\n{INCLUDE.sub("", block[1])}}}\n')
    if not bodies:
        sys.exit(f"{page}: no ```cpp block")
    return "\n".join(includes + bodies)


def check_first(page: str, source: str) -> None:
    """Ends the program with 1 if the page's first C++ block is not the source."""
    with open(page, encoding="utf-8") as shown, open(source, encoding="utf-8") as real:
        first = BLOCK.search(shown.read())
        if not first or first[1] != real.read():
            sys.exit(f"the first C++ block of {page} is not {source}: copy it there")


def main() -> None:
    if sys.argv[1] == "--first":
        return check_first(*sys.argv[2:])
    compiler, include, *pages = sys.argv[1:]
    failed = False
    for page in pages:
        command = [compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", include, "-x", "c++", "-"]
        failed |= subprocess.run(command, input=source_of(page), text=True, check=False).returncode != 0
    sys.exit(failed)


if __name__ == "__main__":
    main()
