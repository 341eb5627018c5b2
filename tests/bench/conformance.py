"""conformance.py NAME=ARGUMENTS...: the table of udf/docs/conformance.md, a column for each NAME;
below it, for each rule that somebody breaks: what was seen, and what Kapacitor does.

ARGUMENTS are those of `kapacitor-udf-host check`. HOST=PROGRAM takes another host than build/bin's.

  conformance.py 'mine=--exec "./my_udf" --opt field=value'
"""

import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

HOST = os.environ.get("HOST") or pathlib.Path(__file__).parents[2] / "build/bin/kapacitor-udf-host"

MARKS = {"pass": "✓", "warn": "warn", "fail": "**FAIL**", "skip": "–"}


def row(cells):
    return "| " + " | ".join(cells) + " |"


def table(columns):
    yield row(["rule", *columns])
    yield row(["---"] * (len(columns) + 1))
    section = None
    for rules in zip(*(c["rules"] for c in columns.values())):
        if rules[0]["section"] != section:
            section = rules[0]["section"]
            yield row([f"**{section}**", *[""] * len(columns)])
        yield row([f"`{rules[0]['rule']}`", *(MARKS[r["outcome"]] for r in rules)])
    counts = (f"{c['passed']} ✓, {c['failed']} FAIL, {c['warned']} warn" for c in columns.values())
    yield row(["", *counts])


def broken(columns):
    for rules in zip(*(c["rules"] for c in columns.values())):
        seen = [(n, r) for n, r in zip(columns, rules) if r["outcome"] in ("fail", "warn")]
        if not seen:
            continue
        yield f"\n`{rules[0]['rule']}`: {rules[0]['demand']}\n"
        for name, r in seen:
            then = f"; {r['otherwise']}" if r["outcome"] == "fail" and r["otherwise"] else ""
            yield f"- {name}: {MARKS[r['outcome']]}: {' '.join(r['why'].split())}{then}"


def checked(arguments):
    """What the host finds; it ends with 1 if a rule is broken."""
    with tempfile.NamedTemporaryFile() as report:
        command = [HOST, "check", *shlex.split(arguments), "--json", report.name]
        done = subprocess.run(command, stdout=subprocess.DEVNULL)
        if done.returncode > 1:
            sys.exit(done.returncode)
        return json.load(report)


def main(arguments):
    if not arguments or not all("=" in argument for argument in arguments):
        sys.exit(__doc__)
    pairs = [argument.partition("=")[::2] for argument in arguments]
    columns = {name: checked(words) for name, words in pairs}
    print("\n".join(table(columns)))
    print("\n".join(broken(columns)))


if __name__ == "__main__":
    main(sys.argv[1:])
