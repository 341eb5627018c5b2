#!/usr/bin/env python3
"""pages.py FOLDER PROGRAM...: man pages and completions from the programs' tables of options.

Writes FOLDER/man1, man5, man8; bash, zsh, fish. PROGRAM is an executable, which is asked for its table by --help-json."""

import datetime
import os
import pathlib
import shutil
import sys

import bash_completion
import config_file
import fish_completion
import man_pages
import zsh_completion
from options import program_at

FOLDERS = ("man1", "man5", "man8", "bash", "zsh", "fish")


def date_of_build():
    """Of the changelog if a packager says so: the same sources give the same bytes."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        return ""
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).date().isoformat()


def files_of(program):
    """Name and text of each file."""
    date = date_of_build()
    yield man_pages.program_page(program, date)
    for command in program.commands:
        yield man_pages.command_page(program, command, date)
    if program.sections:
        yield config_file.config_page(program, date)
    for shell in (bash_completion, zsh_completion, fish_completion):
        yield shell.completion(program)


def main(folder, *programs):
    folder = pathlib.Path(folder)
    for name in FOLDERS:
        # A command that is gone leaves no page behind.
        shutil.rmtree(folder / name, ignore_errors=True)
        (folder / name).mkdir(parents=True)
    for path in programs:
        for name, text in files_of(program_at(path)):
            (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
