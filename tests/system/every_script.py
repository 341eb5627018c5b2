"""All stream scripts of tick/ at once, as tasks of one kapacitord on one stream. Each function gets
every point, each result is stored, and a script that says so gives one for each point.
"""

import json
import os
import subprocess

from system import (BIN, OUT_DATABASE, expect, programs, run_test, say, settled, wait_until,
                    whole_stack)  # fmt: skip
from stack_lib.tick_script import TickScript, all_scripts

MAY_GIVE_NOTHING = "outliers"


def generate(stack):
    report = stack.folder / "generator.json"
    subprocess.run([
        BIN / "kapacitor-udf-generator", "--url", stack.influxdb.url,
        "--kapacitor-url", stack.kapacitor.url, "--db", "demo",
        "--duration", os.environ.get("DURATION") or "5s", "--rate", os.environ.get("RATE") or "400",
        "--report", report], check=True)  # fmt: skip
    return json.loads(report.read_text())["accepted"]


def all_stored(stack):
    series = stack.influxdb.query("SELECT count(*) FROM /.*/", OUT_DATABASE)
    return [(each["name"], each["values"]) for each in series]


def problems_of(stack, script, sent):
    processed = stack.kapacitor.processed(script.name, script)
    results = stack.kapacitor.node_stat(script.name, "influxdb_out", "points_written")
    say(f"{script.name}: {results} results")
    counts = [
        ("points processed", processed, sent),
        ("results stored", stack.influxdb.count(OUT_DATABASE, script.name), results),
    ]
    if script.gives_one_for_each:
        counts.append(("results", results, sent))
    for what, count, expected in counts:
        if count != expected:
            yield f"{script.name}: {what}: {count}, expected {expected}"
    if results == 0 and script.name != MAY_GIVE_NOTHING:
        yield f"{script.name}: no results; {stack.kapacitor.error_of(script.name)}"


def test():
    programs.need("kapacitor-udf-generator")
    scripts = [script for script in map(TickScript, all_scripts()) if not script.is_batch]
    with whole_stack() as stack:
        for script in scripts:
            stack.start_task(script.name, script, script.trial_vars())
        sent = generate(stack)
        wait_until(60, lambda: all(
            stack.kapacitor.processed(script.name, script) == sent for script in scripts))  # fmt: skip
        settled(60, lambda: all_stored(stack))
        problems = [each for script in scripts for each in problems_of(stack, script, sent)]
        for problem in problems:
            say(problem)
        expect(not problems, f"{sent} points were sent, and the counts do not agree")


if __name__ == "__main__":
    run_test(test)
