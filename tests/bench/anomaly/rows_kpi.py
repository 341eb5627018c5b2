"""The rows of the KPI archives: events found at equal false alarms, and what each says by itself."""

import numpy

import markdown
from measures import count_all, found_at, mean_average_precision

FALSE_PER_10K = (0.7, 2, 5)


def best_of(bench, detector, all_series):
    """Recall at each number of false alarms, and the area below precision by recall, as cells."""
    tried = bench.alternatives(detector, all_series)
    recalls = [max(found_at(all_series, scores, n).recall for scores in tried) for n in FALSE_PER_10K]
    area = max(mean_average_precision(all_series, scores) for scores in tried)
    return [" / ".join(f"{100 * r:.0f}" for r in recalls) + " %", f"{area:.3f}"]


def built_in(bench, detector, all_series):
    if not bench.is_function(detector):
        return "–"
    alarms = [a["alarm"] > 0 for a in bench.answers(detector, all_series)]
    counts = count_all(all_series, alarms)
    return (f"{markdown.percent(counts.recall)} / {markdown.percent(counts.precision)} / "
            f"{counts.false_per_10k:.1f}")


def row(bench, archive, name, of_parts):
    detector = bench.detectors[name]
    cells = [bench.remember(f"{archive} {size(s)}", detector, part, lambda s=s: [*best_of(bench, detector, s),
                                                                    built_in(bench, detector, s)])
             for part, s in zip(bench.parts, of_parts)]
    return [name, *(markdown.each(column) for column in zip(*cells))]


def size(all_series):
    labels = [s.labels[s.first:] for s in all_series]
    rate = numpy.mean([x.mean() for x in labels if x.any()])
    events = sum(len(s.scored_events) for s in all_series)
    return f"{len(all_series)} KPIs, {events} events, base rate {rate:.3f}"


def kpi(archive):
    def rows(bench):
        of_parts = [bench.archive(archive, part) for part in bench.parts]
        sizes = "; ".join(f"{part} {size(s)}" for part, s in zip(bench.parts, of_parts))
        falses = " / ".join(str(n) for n in FALSE_PER_10K)
        header = ["", f"events found at {falses} false alarms per 10,000", "AUC-PR",
                  "by its own alarms: found / true / false per 10,000"]
        yield markdown.table(f"{archive.upper()} ({sizes})", header,
                             [row(bench, archive, name, of_parts) for name in bench.detectors])
    return rows
