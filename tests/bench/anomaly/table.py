#!/usr/bin/env python3
"""The whole comparison of @anomaly() with other detectors, as Markdown, in one command.

    tests/bench/anomaly/table.py CHECKOUT... [--held-out] [--only ROW] [--option NAME=VALUE]

CHECKOUT: of github.com/numenta/NAB and of github.com/CSTCloudOps/datasets, whose data are not part of this
project; a row whose checkout is not given is left out. Without --held-out only the part of the data is
looked at that the detector was developed on (see split.py). With it both stand side by side: "development ·
held out". Packages of peers are installed into the work folder, answers are kept there, and a run that was
interrupted goes on where it was.
"""

import argparse
import os
import sys

from environment import enter, work_folder

ROWS = {"nab": "nab", "nab-backwards": "nab", "aiops": "aiops", "wsd": "wsd",
        "faded": "aiops", "injected": None, "clean": None, "startup": None, "cost": None}  # and the archive that it needs


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("checkouts", nargs="*", metavar="CHECKOUT")
    parser.add_argument("--only", action="append", choices=ROWS, metavar="ROW", help="one of " + ", ".join(ROWS))
    parser.add_argument("--held-out", action="store_true", help="the held-out part as well")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="for @anomaly()")
    parser.add_argument("--detector", action="append", default=[], metavar="NAME",
                        help="anomaly and those whose name begins so, instead of all")
    parser.add_argument("--series", type=int, default=20, help="of each stream with anomalies, for anomaly itself (20)")
    parser.add_argument("--clean", type=int, default=12, help="of each clean stream, likewise (12)")
    parser.add_argument("--bin", help="where the programs are (build/bin), of a release build")
    parser.add_argument("--work", default=work_folder(), help="for packages and answers (%(default)s)")
    return parser.parse_args()


def makers():
    """Imported late: they need the environment."""
    import row_cost
    import rows_faded
    import rows_kpi
    import rows_nab
    import rows_synthetic as synthetic

    return {"nab": rows_nab.nab, "nab-backwards": rows_nab.reversed_nab, "aiops": rows_kpi.kpi("aiops"),
            "wsd": rows_kpi.kpi("wsd"), "faded": rows_faded.auc_faded,
            "injected": synthetic.injected, "clean": synthetic.clean,
            "startup": synthetic.startup, "cost": row_cost.cost}


INTRODUCTION = """# `anomaly` beside other detectors, measured

Written by `tests/bench/anomaly/table.py {words}`; [How good is `anomaly`?](anomaly.md) explains it.

Alarms count once in 80 points. An event is found by an alarm from its first point until 10 points
after its last one; any other alarm is false. {parts}

"Events found at N false alarms per 10,000": one threshold for all series, chosen in hindsight for
each detector; of a peer the best of its settings, as it is or divided by its own 99.9 % quantile on
the first half of the series; of `anomaly` the better of `score` and `raw`, of the same two. AUC-PR:
the area below precision by recall of each KPI, the mean of those with a label. On NAB a peer has
the threshold that is best for these files, in hindsight, with or without a rest of a fifth of the
probation. `anomaly` has no option but the field unless its line says so.
"""
SIDE_BY_SIDE = "Two figures with · between them are of the part that `anomaly` was developed on, and of the rest."
ONE_PART = "The figures are of the part that `anomaly` was developed on."


def introduce(given):
    words = ["CHECKOUT_OF_NAB CHECKOUT_OF_DATASETS", *(["--held-out"] if given.held_out else []),
             f"--series {given.series} --clean {given.clean}",
             *(f"--option {o}" for o in given.option)]
    print(INTRODUCTION.format(words=" ".join(words), parts=SIDE_BY_SIDE if given.held_out else ONE_PART))


def main():
    given = arguments()
    enter(os.path.abspath(given.work))
    from bench import Bench

    bench = Bench(given)
    if not given.only:
        introduce(given)
    for name, rows in makers().items():
        if given.only and name not in given.only:
            continue
        if ROWS[name] and ROWS[name] not in bench.checkouts:
            print(f"{name}: left out, no checkout has {ROWS[name].upper()}", file=sys.stderr)
            continue
        for text in rows(bench):
            print(text, flush=True)


if __name__ == "__main__":
    main()
