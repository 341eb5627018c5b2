"""Tables as they stand on the page."""


def table(title, header, rows):
    lines = [f"## {title}", "", "| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows), ""])


def percent(x):
    return "–" if x != x else f"{100 * x:.0f} %"


def each(values):
    """Of the parts, side by side."""
    return " · ".join(values)
