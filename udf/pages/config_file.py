"""The man page of a program's configuration file."""

from man_pages import CONFIG_FILE, VALUES, section_of, text_of
from roff import Page, bold, escaped, italic

KINDS = {"toggle": "true or false", "number": "number or string", "text": "string"}


def kind_of(option):
    kind = KINDS["toggle" if option.toggle else "number" if option.number else "text"]
    return f"{kind}, or an array of them" if option.repeats else kind


def add_keys(page, options, program=None):
    """program: if the keys are flags and variables, too."""
    for option in options:
        page.item(f"{bold(option.name)} = {italic(option.value or 'BOOLEAN')}",
                  escaped(kind_of(option)[:1].upper() + kind_of(option)[1:] + "."), text_of(option))
        if program:
            page.lines.append(f"Flag {bold('--' + option.name)}, variable {bold(option.variable)}.")


def keys_of(program):
    return [option for option in program.options if option.key]


def config_page(program, date):
    """Returns: name of the file, text."""
    name = program.name + ".toml"
    page = Page(name, "5", "Functions for Kapacitor", program.version, date)
    page.section("NAME")
    page.paragraph(f"{escaped(name)} \\- configuration of {escaped(program.name)}")
    page.section("SYNOPSIS")
    page.paragraph(italic(CONFIG_FILE))
    page.section("DESCRIPTION")
    page.paragraph(
        f"The file that {bold(program.name)} reads if {bold('--config')} or the variable",
        f"{bold(program.variables + '_CONFIG')} names it; the service does. It is TOML.",
        "Its keys are named like the flags, and may be left out.",
        "A flag overrides a variable, which overrides the file, which overrides the default.",
        "A key that is unknown or a value that is not allowed is an error that names line and column.")
    for group in dict.fromkeys(o.group for o in keys_of(program)):
        page.section(group.upper())
        add_keys(page, [o for o in keys_of(program) if o.group == group], program)
    for table in program.sections:
        page.section(f"TABLE [{table.name}.NAME]")
        page.paragraph(escaped(table.help[:1].upper() + table.help[1:] + "."))
        add_keys(page, table.options)
    page.section("VALUES")
    for shown, text in VALUES:
        page.item(italic(shown), escaped(text))
    page.section("EXAMPLE")
    page.example(['log-level = "warn"', 'function = ["moving_average", "ewma"]',
                  'max-message = "32MiB"', "", "[settings.moving_average]",
                  'on-overload = "drop-oldest"', "", "[agent.mine]",
                  'exec = "python3 /etc/kapacitor-udf/mine.py"', 'memory = "512MiB"'])
    page.section("SEE ALSO")
    page.paragraph(f"{bold(program.name)}({section_of(program)})")
    return f"man5/{name}.5", page.text()
