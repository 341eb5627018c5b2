"""Man pages: one for each program and command, one for the configuration file."""

import re

from roff import Page, bold, escaped, italic

VALUES = (
    ("DURATION", "500ms, 10s, 1m30s, 1.5h, 7d; units: ns, us, ms, s, m, h, d, w"),
    ("SIZE", "bytes: 4096, 64KiB, 16MiB, 5MB; k, K and KiB are 1024, kB is 1000"),
    ("N", "a count: 5000, 10k, 1.5M; k is 1000"),
    ("TIME", "2024-05-01T12:00:00Z; UTC if no offset follows"),
)
CONFIG_FILE = "/etc/kapacitor-udf/kapacitor-udfd.toml"


def section_of(program):
    return "8" if program.name.endswith("d") else "1"


def first_sentence(text):
    """The first sentence as the line NAME has it: lower case, no full stop, no line break."""
    words = re.split(r"\.(?:\s|$)", " ".join(text.split()))[0].rstrip(".")
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def head_of(option):
    if option.argument:
        return italic(option.name)
    if not option.flag:
        return bold(option.variable)
    head = ", ".join(bold(flag) for flag in option.flags())
    return head if not option.value else f"{head} {italic(option.value)}"


def text_of(option):
    """The help, and what else the table says, as the program's --help does."""
    text = option.help
    if option.allowed and "|" not in option.value:
        text += ": " + ", ".join(option.allowed)
    if option.repeats:
        text += "; may be repeated"
    if option.excludes:
        text += "; not with " + ", ".join(f"--{name}" for name in option.excludes)
    if option.default:
        text += f" (default: {option.default})"
    return escaped(text[:1].upper() + text[1:] + ".")


def add_options(page, options):
    for group in dict.fromkeys(o.group for o in options):
        page.part(group)
        for option in options:
            if option.group == group:
                page.item(head_of(option), text_of(option))


def add_footer(page, text):
    """Signals, examples and what else stands below the help, each under a heading of its own."""
    for paragraph in re.split(r"\n\n+", text.strip("\n")):
        heading, _, rest = paragraph.partition(":")
        if heading in ("Signals", "Examples"):
            page.section(heading.upper())
            page.prose(rest.lstrip(" ").lstrip("\n"))
        elif paragraph:
            page.section("NOTES")
            page.prose(paragraph)


def add_environment(page, program, options):
    if not program.variables:
        return
    page.section("ENVIRONMENT")
    page.paragraph(
        f"Each option that may stand in a file is also a variable: {bold('--log-level')} is "
        f"{bold(program.variables + '_LOG_LEVEL')}.",
        "A flag overrides a variable, which overrides the file, which overrides the default.",
        "A variable that is empty counts as not set.")
    page.item(bold(program.variables + "_CONFIG"), "The file of " + bold("--config") + ".")
    for option in options:
        if not option.flag and not option.argument and option.variable:
            page.item(bold(option.variable), text_of(option))


def add_end(page, program, see_also):
    page.section("VALUES")
    for name, text in VALUES:
        page.item(italic(name), escaped(text))
    page.section("EXIT STATUS")
    for code, text in re.findall(r"^ *(\d+) +(.*)$", program.exit_codes, re.MULTILINE):
        page.item(bold(code), escaped(text))
    page.section("SEE ALSO")
    page.paragraph(",\n".join(f"{bold(name)}({section})" for name, section in see_also))


def references(program, command=None):
    """Other pages: (name, section)."""
    pages = [(f"{program.name}-{c.name}", "1") for c in program.commands if c is not command]
    if command:
        pages.insert(0, (program.name, section_of(program)))
    if program.sections:
        pages.append((program.name + ".toml", "5"))
    others = {"kapacitor-udfd": "8", "kapacitor-udf-host": "1", "kapacitor-udf-generator": "1"}
    others.pop(program.name, None)
    return pages + sorted(others.items())


def program_page(program, date):
    """Returns: name of the file, text."""
    section = section_of(program)
    page = Page(program.name, section, "Functions for Kapacitor", program.version, date)
    page.section("NAME")
    page.paragraph(f"{escaped(program.name)} \\- {escaped(first_sentence(program.summary))}")
    page.section("SYNOPSIS")
    what = ""
    if program.commands:
        what = f" [{italic('COMMAND')}]" if program.standard_command else f" {italic('COMMAND')}"
    page.paragraph(f"{bold(program.name)}{what} [{italic('OPTION')}...]")
    page.section("DESCRIPTION")
    page.prose(program.summary)
    if program.commands:
        page.section("COMMANDS")
        for c in program.commands:
            page.item(bold(c.name), escaped(c.help),
                      f"\nSee {bold(program.name + '-' + c.name)}(1).".lstrip())
    page.section("OPTIONS")
    add_options(page, program.all_of(None))
    add_environment(page, program, program.all_of(None))
    if program.sections:
        page.section("FILES")
        page.item(italic(CONFIG_FILE), "The configuration of the service: see",
                  f"{bold(program.name + '.toml')}(5).")
        page.item(italic("/run/kapacitor-udf/NAME.sock"), "The socket of function NAME.")
    add_footer(page, program.footer)
    add_end(page, program, references(program))
    return f"man{section}/{program.name}.{section}", page.text()


def command_page(program, command, date):
    """Returns: name of the file, text."""
    name = f"{program.name}-{command.name}"
    page = Page(name, "1", "Functions for Kapacitor", program.version, date)
    page.section("NAME")
    page.paragraph(f"{escaped(name)} \\- {escaped(first_sentence(command.help))}")
    page.section("SYNOPSIS")
    arguments = "".join(f" {italic(o.name)}" if o.required else f" [{italic(o.name)}]"
                        for o in command.options if o.argument)
    page.paragraph(f"{bold(program.name + ' ' + command.name)}{arguments} [{italic('OPTION')}...]")
    page.section("DESCRIPTION")
    page.prose(command.help[:1].upper() + command.help[1:] + ".")
    page.section("OPTIONS")
    add_options(page, program.all_of(command))
    add_environment(page, program, program.all_of(command))
    add_footer(page, command.footer)
    add_end(page, program, references(program, command))
    return f"man1/{name}.1", page.text()
