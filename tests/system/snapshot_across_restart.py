"""After a restart of kapacitord, and of kapacitor-udfd too, the moving average continues from the
snapshot: ten points of 110 before and one of 0 after make 100; without the snapshot it would be 0.
"""

from system import (Writer, expect, expect_equal, last_result, results, run_test, wait_until,
                    whole_stack)  # fmt: skip
from stack_lib.tick_script import TickScript


def snapshots(stack):
    return stack.log_of("kapacitor-udfd").read_text().count("snapshot taken")


def expect_results(stack, count, what):
    back = wait_until(20, lambda: results(stack, "moving_average", "avg") == count)
    expect(back, f"{what} did not come back")


def restart(stack):
    stack.stop("kapacitord")
    stack.stop("kapacitor-udfd")
    expect_equal("exit status of kapacitor-udfd", 0, stack.exit_status["kapacitor-udfd"])
    stack.start_udfd("--log-level", "debug")
    stack.restart_kapacitord()
    expect(wait_until(20, lambda: stack.kapacitor.executes("averages")),
           f"the task does not run again: {stack.kapacitor.error_of('averages')}")  # fmt: skip


def test():
    with whole_stack("--log-level", "debug") as stack:
        stack.start_task("averages", TickScript("moving_average"), {"size": "1000"})
        writer = Writer(stack.influxdb)
        writer.write("a", 110, 10)
        writer.write("b", -11, 10)
        expect_results(stack, 20, "the first points")

        # Only a snapshot asked for after the last point holds all of them.
        seen = snapshots(stack)
        expect(wait_until(20, lambda: snapshots(stack) > seen + 1),
               "kapacitord did not ask for a snapshot")  # fmt: skip
        restart(stack)

        writer.write("a", 0, 1)
        writer.write("b", 0, 1)
        expect_results(stack, 22, "the points after the restart")
        for host, expected in (("a", 100), ("b", -10)):
            average = last_result(stack, "avg", "moving_average", host)
            expect_equal(f"average of {host}'s ten points and one of 0", expected, average)


if __name__ == "__main__":
    run_test(test)
