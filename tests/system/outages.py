"""kapacitor-udfd ends by SIGTERM under load, kapacitord by SIGKILL under load: the other one lives
on, and after a restart points flow again.
"""

import re
import signal

from system import BIN, expect, expect_equal, results, run_test, settled, wait_until, whole_stack
from stack_lib.tick_script import TickScript


def expect_flow(stack, when):
    seen = results(stack, "moving_average", "avg")
    more = wait_until(30, lambda: results(stack, "moving_average", "avg") > seen + 2000)
    expect(more, f"no points flow {when}: {stack.kapacitor.error_of('averages')}")


def end_udfd(stack):
    stack.stop("kapacitor-udfd")
    expect_equal("exit status of kapacitor-udfd after SIGTERM", 0,
                 stack.exit_status["kapacitor-udfd"])  # fmt: skip
    expect_equal("sockets left behind", [], list(stack.sockets.glob("*.sock")))
    expect(wait_until(20, lambda: not stack.kapacitor.executes("averages")),
           "kapacitord has not noticed that kapacitor-udfd is gone")  # fmt: skip
    expect(stack.kapacitor.is_up(), "kapacitord did not survive the end of kapacitor-udfd")


def expect_what_was_said_is_stored(stack):
    """What kapacitord has not read when its own write fails, it drops: at most what a socket holds.

    That kapacitor-udfd gives all its answers is tested without kapacitord.
    """
    log = stack.log_of("kapacitor-udfd").read_text()
    said = int(re.search(r"connection closed.* points_out=([0-9]+)", log)[1])
    stored = settled(20, lambda: results(stack, "moving_average", "avg"))
    expect(stored <= said and said - stored < 2000,
           f"results stored of those given before SIGTERM: expected about {said}, got {stored}")  # fmt: skip


def test():
    with whole_stack() as stack:
        stack.start_task("averages", TickScript("moving_average"), {})
        stack.start("generator", [
            BIN / "kapacitor-udf-generator", "--url", stack.influxdb.url, "--db", "demo",
            "--rate", "20000", "--kapacitor-url", stack.kapacitor.url])  # fmt: skip
        expect_flow(stack, "at first")
        end_udfd(stack)
        expect_what_was_said_is_stored(stack)

        # Kapacitor does not start a task again by itself.
        stack.start_udfd()
        stack.kapacitor.client("disable", "averages")
        stack.kapacitor.client("enable", "averages")
        expect_flow(stack, "after a restart of kapacitor-udfd")

        stack.stop("kapacitord", signal.SIGKILL)
        expect(stack.running("kapacitor-udfd"), "kapacitor-udfd did not survive kapacitord's end")
        stack.restart_kapacitord()
        expect_flow(stack, "after a restart of kapacitord")
        expect(stack.running("generator"), "the generator gave up")


if __name__ == "__main__":
    run_test(test)
