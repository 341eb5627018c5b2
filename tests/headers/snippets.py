#!/usr/bin/env python3
"""snippets.py COMPILER INCLUDE FILE.md...: the C++ blocks of these pages compile.
snippets.py COMPILER INCLUDE --headers SOURCE: so do the examples in the comments of the public headers, each
in its place in SOURCE.
snippets.py --first FILE.md SOURCE: the first C++ block of the page is that source, to the letter.

The blocks of a page form one source: their #include lines come first, and each block stands in a namespace of
its own that sees the blocks before it, so that a page may test the function that it has just shown.
"""
import pathlib
import re
import subprocess
import sys

BLOCK = re.compile(r"^```cpp\n(.*?)^```$", re.M | re.S)
INCLUDE = re.compile(r"^#include .*$", re.M)
# In a comment: indented lines between blank ones.
EXAMPLE = re.compile(r"(?<=///\n)((?:[ ]*///[ ]{5,}\S.*\n)+)(?=[ ]*///\n|[ ]*(?!///)\S)")
PLACE = re.compile(r"^ *// example: (\S+) (\d+)$", re.M)
NO_CPP = re.compile(r"(\S+\.hpp) (\d+)\.\)")


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


def examples_of(include: str) -> dict:
    """{(file, number): code} of all headers, numbered from 1 in each; with #line."""
    found = {}
    for path in sorted(pathlib.Path(include).rglob("*.hpp")):
        text = path.read_text(encoding="utf-8")
        for number, block in enumerate(EXAMPLE.finditer(text), 1):
            line = text.count("\n", 0, block.start()) + 1
            code = re.sub(r"^ *///", "", block[1], flags=re.M)
            found[path.name, str(number)] = f'#line {line} "{path}"\n{code}'
    return found


def source_with_examples(source: str, include: str) -> str:
    """The source with each example in its place. Ends the program with 1 if one has none, or is not there."""
    examples = examples_of(include)
    text = pathlib.Path(source).read_text(encoding="utf-8")
    wanted = [*PLACE.findall(text), *NO_CPP.findall(text)]
    if sorted(wanted) != sorted(examples):
        without = set(examples) ^ set(wanted) or {w for w in wanted if wanted.count(w) > 1}
        sys.exit(f"{source}: not one place for one example: {sorted(without)}")

    def put(place):
        line = text.count("\n", 0, place.end()) + 2
        return f'{examples[place[1], place[2]]}#line {line} "{source}"'

    return PLACE.sub(put, text)


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
    if pages[0] == "--headers":
        sources = [source_with_examples(pages[1], include)]
    else:
        sources = [source_of(page) for page in pages]
    command = [compiler, "-std=c++20", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I", include, "-x", "c++", "-"]
    codes = [subprocess.run(command, input=source, text=True, check=False).returncode for source in sources]
    sys.exit(any(codes))


if __name__ == "__main__":
    main()
