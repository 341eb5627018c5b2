"""Text as man(7) takes it."""

import re

QUOTED = {"\\": r"\e", "-": r"\-", "'": r"\(aq", "^": r"\(ha", "~": r"\(ti", "`": r"\(ga"}


def escaped(text):
    """One line of text, whatever its characters mean to roff."""
    text = "".join(QUOTED.get(c, c) for c in text)
    return r"\&" + text if text.startswith(".") else text


def bold(text):
    return rf"\fB{escaped(text)}\fR"


def italic(text):
    return rf"\fI{escaped(text)}\fR"


class Page:
    """Gathers the lines of one page."""

    def __init__(self, name, section, title, version, date):
        self.lines = [f'.TH "{escaped(name.upper())}" "{section}" "{date}" '
                      f'"kapacitor_udf {version}" "{escaped(title)}"',
                      ".\\\" Made from the program's table of options.",
                      # No words are cut, and lines have the distances of words: people copy them.
                      ".nh", ".ad l"]

    def section(self, title):
        self.lines.append(f'.SH "{escaped(title)}"')

    def part(self, title):
        self.lines.append(f'.SS "{escaped(title)}"')

    def paragraph(self, *texts):
        """texts: escaped already."""
        self.lines += [".PP", *texts]

    def item(self, head, *texts):
        """head, texts: escaped already."""
        self.lines += [".TP", head, *(texts or ("\\&",))]

    def example(self, lines):
        """Lines as they are."""
        self.lines += [".PP", ".RS 4", ".EX", *(escaped(line) for line in lines), ".EE", ".RE"]

    def prose(self, text):
        """Plain text: paragraphs, and lines that begin with two blanks, which stay as they are."""
        for paragraph in re.split(r"\n\n+", text.strip("\n")):
            example, words = [], []
            for line in paragraph.split("\n"):
                if line.startswith("  "):
                    self._words(words)
                    words = []
                    example.append(line[2:])
                    continue
                if example:
                    self.example(example)
                    example = []
                words.append(line)
            self._words(words)
            if example:
                self.example(example)

    def _words(self, words):
        if words:
            self.paragraph(*(escaped(line) for line in words))

    def text(self):
        return "\n".join(self.lines) + "\n"
