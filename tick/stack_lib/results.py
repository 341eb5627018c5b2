"""What came out of a task: the points of its JSON log."""

import json


def points_in(lines):
    """(time, tags) of each point of a JSON log, Kapacitor's or the host's."""
    for line in lines:
        entry = json.loads(line)
        for series in entry.get("data", {}).get("series") or []:
            for row in series["values"]:
                yield row[0], json.dumps(series.get("tags"), sort_keys=True)
        if "fields" in entry:
            yield entry["time"], json.dumps(entry.get("tags"), sort_keys=True)


def sortable(time):
    """An RFC 3339 time in UTC, with as many digits of the second as it needs, as 9 of them."""
    seconds, _, digits = time.removesuffix("Z").partition(".")
    return f"{seconds}.{digits:0<9}"


def count_and_late(lines):
    """How many points there are, and how many are older than one before in their series."""
    newest = {}
    count = late = 0
    for time, series in points_in(lines):
        count += 1
        now = sortable(time)
        if now < newest.get(series, ""):
            late += 1
        else:
            newest[series] = now
    return count, late
