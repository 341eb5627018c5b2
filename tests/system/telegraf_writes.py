"""Telegraf writes to Kapacitor itself, with no InfluxDB 1.x anywhere: the way that udf/docs/influxdb2_and_3.md
shows. The page's own telegraf.conf and kapacitor.conf are used, with other addresses and files.
"""

import json
import re
from pathlib import Path

from system import Skipped, expect, expect_equal, need_kapacitor, programs, run_test, show_logs, wait_until
from stack_lib.kapacitor import Kapacitor
from stack_lib.processes import Failure, free_port
from stack_lib.stack import Stack

PAGE = Path(__file__).resolve().parents[2] / "udf" / "docs" / "influxdb2_and_3.md"
POINTS = 500


def block(begins):
    """The code block of the page whose first line that is."""
    for found in re.findall(r"^```\w*\n(.*?)^```$", PAGE.read_text(), re.M | re.S):
        if found.startswith(begins):
            return found
    raise Failure(f"{PAGE.name} has no block that begins with {begins}")


def replaced(text, pairs):
    for shown, ours in pairs.items():
        expect(shown in text, f"{PAGE.name}: no {shown!r} to be replaced")
        text = text.replace(shown, str(ours))
    return text


def start_kapacitord(stack):
    port = free_port()
    stack.kapacitor = Kapacitor(f"http://127.0.0.1:{port}")
    conf = stack.folder / "kapacitor.conf"
    conf.write_text(replaced(block("# kapacitor.conf"), {
        "127.0.0.1:9092": f"127.0.0.1:{port}", "/run/kapacitor-udf": stack.sockets,
        "/var/lib/kapacitor": stack.folder / "kapacitor"}))  # fmt: skip
    stack.start("kapacitord", [programs.kapacitord(), "-config", conf])
    stack.bring_up("kapacitord", 60, stack.kapacitor.is_up)


def start_task(stack):
    script = stack.folder / "averages.tick"
    script.write_text(block("// averages.tick"))
    stack.kapacitor.client("define", "averages", "-type", "stream", "-dbrp", "telegraf.autogen", "-tick", script)
    stack.kapacitor.start("averages")


def run_telegraf(stack):
    points = stack.folder / "points.lp"
    points.write_text("".join(f"cpu,host=a usage_idle={n} {10**18 + n}\n" for n in range(POINTS)))
    conf = stack.folder / "telegraf.conf"
    text = replaced(block("# telegraf.conf"), {"http://127.0.0.1:9092": stack.kapacitor.url, "[[inputs.cpu]]":
        f'[[inputs.file]]\n  files = ["{points}"]\n  data_format = "influx"\n'})  # fmt: skip
    conf.write_text(text)
    # --once would end before Kapacitor has answered.
    stack.start("telegraf", [programs.find("telegraf", "TELEGRAF"), "--config", conf, "--once"])
    expect_equal("exit status of telegraf", 0, stack.wait("telegraf", 60))


def averages(stack):
    series = stack.kapacitor.get("tasks/averages/averages").get("series") or []
    return series[0]["values"][0] if series else None


def test():
    need_kapacitor()
    if not programs.find("telegraf", "TELEGRAF"):
        raise Skipped("no telegraf on PATH, nor by TELEGRAF=/path/to/telegraf, nor by make real")
    with Stack() as stack:
        try:
            stack.start_udfd("--function", "moving_average")
            start_kapacitord(stack)
            start_task(stack)
            run_telegraf(stack)
            last = POINTS - 1 - 4.5  # the mean of the last ten
            expect(wait_until(20, lambda: averages(stack) is not None and last in averages(stack)),
                   f"the last average is {json.dumps(averages(stack))}, expected {last}")  # fmt: skip
            expect_equal("points that the function got", POINTS, stack.kapacitor.node_stat("averages", "moving_average", "collected"))
        except Failure:
            show_logs(stack.folder)
            raise


if __name__ == "__main__":
    run_test(test)
