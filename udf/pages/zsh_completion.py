"""Completions for zsh."""

ACTIONS = {"file": "_files", "folder": "_files -/", "command": "_command_names -e",
           "user": "_users", "group": "_groups"}


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def described(text):
    """Help as a spec of _arguments takes it in brackets."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")


def action_of(option):
    words = "(" + " ".join(option.words()) + ")" if option.words() else ""
    action = ACTIONS.get(option.kind(), "")
    if words and action:
        return f"_alternative \"words\\:word\\:{words}\" \"others\\:other\\:{action}\""
    return words or action or " "


def message_of(option):
    return described(option.value or option.name)


def spec_of(option):
    """The words of one option, as _arguments takes them."""
    if option.argument:
        # A second colon: it may be left out.
        colon = ":" if option.required else "::"
        return quoted(f"{colon}{message_of(option)}:{action_of(option)}")
    value = f":{message_of(option)}:{action_of(option)}" if option.value else ""
    rest = f"[{described(option.help)}]{value}"
    if option.repeats:
        return quoted(f"*--{option.name}={rest}")
    others = [*option.flags(), *(f"--{name}" for name in option.excludes)]
    before = f"({' '.join(others)})"
    if not option.letter:
        return quoted(f"{before}--{option.name}{'=' if option.value else ''}{rest}")
    return quoted(before) + "{" + ",".join(option.flags()) + "}" + quoted(rest)


def specs_of(options):
    return [spec_of(o) for o in options if o.flag or o.argument]


def arguments(options, indent, *more):
    lines = [f"{indent}_arguments -s -S {'-C ' if more else ''}\\"]
    lines += [f"{indent}  {spec} \\" for spec in [*specs_of(options), *more]]
    return [*lines[:-1], lines[-1].removesuffix(" \\")]


def completion(program):
    """Returns: name of the file, text."""
    name = "_" + program.name
    lines = [f"#compdef {program.name}", f"# Made from the table of options of {program.name}.", ""]
    if not program.commands:
        return f"zsh/{name}", "\n".join(lines + arguments(program.all_of(None), "")) + "\n"
    lines += ["local curcontext=$curcontext state line", "typeset -A opt_args", "local -a commands",
              "commands=("]
    lines += ["  " + quoted(f"{c.name}:{c.help}") for c in program.commands]
    lines += [")", *arguments(program.all_of(None), "", "'1:command:->command'", "'*::argument:->rest'"),
              "", "case $state in", "  command) _describe command commands ;;", "  rest)",
              "    curcontext=${curcontext%:*:*}:" + program.name + "-$line[1]:",
              "    case $line[1] in"]
    for command in program.commands:
        lines += [f"      {command.name})", *arguments(program.all_of(command), "        "),
                  "        ;;"]
    lines += ["    esac", "    ;;", "esac"]
    return f"zsh/{name}", "\n".join(lines) + "\n"
