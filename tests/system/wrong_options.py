"""What is wrong with a task's options is told by `kapacitor show`, in the function's own words."""

import re

from system import expect, expect_equal, run_test, wait_until, whole_stack

INIT = "failed to initialize processes"


def expect_refused(stack, task, call, expected):
    """A stream task with that call of the function ends with that text."""
    script = stack.folder / f"{task}.tick"
    script.write_text(f"stream\n    |from()\n    {call}\n    |log()\n")
    client = stack.kapacitor.client
    client("define", task, "-type", "stream", "-tick", script, "-dbrp", "demo.autogen")
    client("enable", task)
    expect(wait_until(10, lambda: stack.kapacitor.error_of(task)),
           f"{task}: no error, expected {expected!r}")  # fmt: skip
    shown = re.search("^Error: (.*)$", client("show", task), re.M)[1].strip()
    expect_equal(task, expected, shown)


def test():
    with whole_stack() as stack:
        expect_refused(stack, "zero_size", "@moving_average().field('value').size(0)",
                       f"moving_average2: {INIT} moving_average: size must be between 1 and 10000000, got 0")  # fmt: skip
        expect_refused(stack, "missing", "@moving_average()",
                       f"moving_average2: {INIT} moving_average: field is required; size is required")  # fmt: skip
        expect(stack.kapacitor.is_up(), "kapacitord did not survive")


if __name__ == "__main__":
    run_test(test)
