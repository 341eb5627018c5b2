"""conformance_table.py NAME.json...: results of `kapacitor-udf-host check` as a table in Markdown.

Below it, for each rule that somebody breaks: what was seen, and what Kapacitor does.
"""

import json
import pathlib
import sys

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


def main(paths):
    columns = {p.stem: json.loads(p.read_text()) for p in map(pathlib.Path, paths)}
    print("\n".join(table(columns)))
    print("\n".join(broken(columns)))


if __name__ == "__main__":
    main(sys.argv[1:])
