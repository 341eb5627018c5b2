"""A real Prometheus scrapes kapacitor-udfd while kapacitord sends it points: its numbers are those
that were stored; promtool finds nothing to say of the metrics and of the alert rules.
"""

import json
import re
import shutil
import subprocess
import urllib.parse
from pathlib import Path

from system import BIN, Skipped, expect, expect_equal, results, run_test, wait_until, whole_stack
from stack_lib.processes import answers, free_port, http
from stack_lib.tick_script import TickScript

POINTS = 20_000
DOCS = Path(__file__).resolve().parents[2] / "udf" / "docs" / "operating"
# What is there only once it has happened.
RARE = {"kapacitor_udf_points_skipped_total", "kapacitor_udf_groups_forgotten_total"}
CONFIG = """\
global: {{scrape_interval: 1s}}
rule_files: ["{rules}"]
scrape_configs:
  - job_name: udfd
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def promtool(*arguments, text=None):
    done = subprocess.run(["promtool", "check", *arguments], input=text, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)  # fmt: skip
    expect_equal(f"what promtool check {arguments[0]} says", (0, True),
                 (done.returncode, b"error" not in done.stdout.lower()))  # fmt: skip
    return done.stdout.decode()


def start_prometheus(stack, watched):
    port = free_port()
    config = stack.folder / "prometheus.yml"
    config.write_text(CONFIG.format(rules=DOCS / "alerts.yml", port=watched))
    stack.start("prometheus", [
        "prometheus", f"--config.file={config}", f"--storage.tsdb.path={stack.folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}"])  # fmt: skip
    stack.bring_up("prometheus", 30, lambda: answers(f"http://127.0.0.1:{port}/-/ready"))
    return f"http://127.0.0.1:{port}/api/v1/"


def number(prometheus, query):
    """Its newest value; None if there is none."""
    found = http(prometheus + "query?" + urllib.parse.urlencode({"query": query}))
    result = json.loads(found)["data"]["result"]
    return float(result[0]["value"][1]) if result else None


def test():
    if not shutil.which("prometheus"):
        raise Skipped("prometheus is not installed (Debian: apt-get install prometheus)")
    port = free_port()
    with whole_stack("--metrics", f"127.0.0.1:{port}") as stack:
        prometheus = start_prometheus(stack, port)
        stack.start_task("averages", TickScript("moving_average"), {})
        subprocess.run([
            BIN / "kapacitor-udf-generator", "--url", stack.influxdb.url, "--db", "demo", "--quiet",
            "--points", str(POINTS), "--rate", "5000", "--kapacitor-url", stack.kapacitor.url],
            check=True)  # fmt: skip
        expect(wait_until(40, lambda: results(stack, "moving_average", "avg") == POINTS),
               f"stored: {results(stack, 'moving_average', 'avg')} of {POINTS} answers")  # fmt: skip
        points = 'kapacitor_udf_points_total{function="moving_average",task="averages",direction="%s"}'
        expect(wait_until(20, lambda: number(prometheus, points % "out") == POINTS),
               f"Prometheus has {number(prometheus, points % 'out')} answers")  # fmt: skip
        expect_equal("points that Prometheus has", POINTS, number(prometheus, points % "in"))
        expect_equal("the target is up", 1, number(prometheus, "up"))
        metrics = http(f"http://127.0.0.1:{port}/metrics")
        expect_equal("what promtool says of the metrics", "", promtool("metrics", text=metrics))
        promtool("rules", str(DOCS / "alerts.yml"))
        rules = json.loads(http(prometheus + "rules"))["data"]["groups"][0]["rules"]
        bad = [rule["name"] for rule in rules if rule["health"] == "err" or rule["state"] != "inactive"]
        expect_equal("rules that fail or fire without a reason", [], bad)
        # Every panel of the dashboard and every rule asks for metrics that there are.
        for name in names_asked_for():
            expect(number(prometheus, name) is not None or name in RARE, f"there is no metric {name}")


def names_asked_for():
    text = (DOCS / "alerts.yml").read_text() + (DOCS / "dashboard.json").read_text()
    return sorted(set(re.findall(r"\b(?:kapacitor_udf|process)_[a-z_]+\b", text)))


if __name__ == "__main__":
    run_test(test)
