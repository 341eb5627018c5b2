"""The pure parts of tick/stack.py, and its processes."""

import sys
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tick"))

from stack_lib import stack
from stack_lib.processes import Failure, Processes, settled, wait_until
from stack_lib.results import count_and_late, sortable
from stack_lib.tick_script import TickScript, all_scripts, parse_vars, typed_var


class Vars(unittest.TestCase):
    def test_a_value_has_the_type_of_its_form(self):
        for text, kind, value in (
            ("10", "int", 10),
            ("-3", "int", -3),
            ("1.5", "float", 1.5),
            ("5s", "duration", "5s"),
            ("250ms", "duration", "250ms"),
            ("5 s", "string", "5 s"),
            ("", "string", ""),
        ):
            self.assertEqual(typed_var(text), {"type": kind, "value": value})

    def test_the_last_of_a_name_counts(self):
        self.assertEqual(parse_vars(["a=1", "b=x=y", "a=2"]), {"a": "2", "b": "x=y"})

    def test_a_word_that_gives_nothing_is_refused(self):
        with self.assertRaisesRegex(Failure, "OPTIONS: 'size' is not NAME=VALUE"):
            parse_vars(["size"])


class TickScripts(unittest.TestCase):
    def test_a_script_says_what_the_host_is_given(self):
        script = TickScript("moving_average")
        self.assertEqual(script.function, "moving_average")
        self.assertTrue(script.gives_one_for_each)
        self.assertFalse(script.is_windowed)
        flags = script.host_options({"size": "5"})
        self.assertEqual(flags[:4], ["--opt", "field=value", "--opt", "size=5"])
        self.assertEqual(script.host_window({}), [])

    def test_a_batch_script_gives_its_query_s_window(self):
        script = TickScript("outliers_batch")
        self.assertEqual(script.function, "outliers")
        self.assertTrue(script.is_batch and script.is_windowed)
        window = script.host_window({"period": "5s"})
        self.assertEqual(window, ["--window", "5s/10s", "--align"])

    def test_a_function_of_batches_may_be_in_a_stream(self):
        script = TickScript("identity_batch")
        self.assertTrue(script.is_windowed and not script.is_batch)

    def test_an_option_of_several_arguments_has_them_all(self):
        flags = TickScript("aggregate").host_options({})
        self.assertIn("aggregate='mean',value", flags)

    def test_a_trial_s_file_is_the_project_s(self):
        self.assertEqual(TickScript("enrich").trial_vars(), {"file": f"{PROJECT}/tick/enrich.csv"})

    def test_every_script_can_be_read(self):
        self.assertGreater(len(all_scripts()), 10)
        for name in all_scripts():
            script = TickScript(name)
            self.assertTrue(script.function)
            self.assertEqual(bool(script.host_options(script.trial_vars())),
                             not script.function.startswith("identity"), name)  # fmt: skip

    def test_an_unknown_script_is_refused_with_the_known_ones(self):
        with self.assertRaisesRegex(Failure, "FUNCTION=nothing has no TICKscript.*moving_average"):
            TickScript("nothing")


class Configuration(unittest.TestCase):
    def test_by_process_every_function_has_a_program_and_none_a_socket(self):
        shipped = (PROJECT / "kapacitor.conf").read_text()
        conf = stack.by_process(shipped)
        count = shipped.count("\n[udf.functions.")
        self.assertGreater(count, 20)
        self.assertEqual(conf.count("\n[udf.functions."), count)
        self.assertEqual(conf.count("\n  prog = "), count)
        self.assertNotIn("\n  socket = ", conf)


class Results(unittest.TestCase):
    HOST = '{"time":"2026-01-01T00:00:0%sZ","tags":{"host":"%s"},"fields":{"x":1}}'
    KAPACITOR = '{"data":{"series":[{"tags":{"host":"a"},"values":[["2026-01-01T00:00:0%sZ",1]]}]}}'

    def test_times_are_compared_by_all_their_digits(self):
        self.assertLess(sortable("2026-01-01T00:00:01Z"), sortable("2026-01-01T00:00:01.000000001Z"))
        self.assertEqual(sortable("2026-01-01T00:00:01.5Z"), sortable("2026-01-01T00:00:01.50Z"))

    def test_a_point_is_late_only_in_its_own_series(self):
        lines = [self.HOST % each for each in (("2", "a"), ("1", "b"), ("1.5", "a"), ("2", "a"))]
        self.assertEqual(count_and_late(lines), (4, 1))

    def test_kapacitor_s_log_is_read_as_well(self):
        self.assertEqual(count_and_late([self.KAPACITOR % "1", self.KAPACITOR % "0"]), (2, 1))


class Started(unittest.TestCase):
    def test_all_have_ended_when_the_context_ends(self):
        with Processes() as processes:
            processes.start("sleep", ["sleep", "60"])
            self.assertEqual(processes.ended(), "")
        self.assertFalse(processes.running("sleep"))
        self.assertEqual(processes.exit_status["sleep"], -15)
        self.assertFalse(processes.folder.exists())

    def test_what_has_ended_by_itself_is_named_with_its_log(self):
        with Processes() as processes:
            processes.start("lasting", ["sleep", "60"])
            processes.start("failing", ["sh", "-c", "exit 3"])
            processes.start("killed", ["sh", "-c", "kill -KILL $$"])
            wait_until(10, lambda: "failing" in processes.ended() and "killed" in processes.ended())
            self.assertEqual(
                processes.ended(),
                f"failing has ended (exit status 3), its log is {processes.log_of('failing')}; "
                f"killed has ended (by SIGKILL), its log is {processes.log_of('killed')}")

    def test_what_does_not_come_up_is_told(self):
        with Processes() as processes:
            processes.start("false", ["false"])
            with self.assertRaisesRegex(Failure, "false did not start"):
                processes.bring_up("false", 5, lambda: False)

    def test_a_folder_serves_one_run(self):
        with Processes() as processes:
            with self.assertRaisesRegex(Failure, "another run is using"):
                Processes(processes.folder)

    def test_waiting_has_an_end(self):
        self.assertFalse(wait_until(0.2, lambda: False))
        self.assertEqual(settled(5, lambda: 7), 7)


if __name__ == "__main__":
    unittest.main()
