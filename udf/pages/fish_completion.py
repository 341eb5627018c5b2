"""Completions for fish."""

ACTIONS = {"folder": "(__fish_complete_directories)", "command": "(__fish_complete_command)",
           "user": "(__fish_complete_users)", "group": "(__fish_complete_groups)"}


def quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def value_of(option):
    """What follows -l NAME: what the value may be."""
    if not option.value:
        return ""
    words = [*option.words(), *([ACTIONS[option.kind()]] if option.kind() in ACTIONS else [])]
    files = " -F" if option.kind() == "file" else " -f"
    return f" -r{files}" + (f" -a {quoted(' '.join(words))}" if words else "")


def lines_of(program, options, condition):
    head = f"complete -c {program.name}" + (f" -n {quoted(condition)}" if condition else "")
    lines = []
    for option in options:
        letter = f" -s {option.letter}" if option.letter else ""
        if option.argument:
            lines.append(head + value_of(option).replace(" -r", "") + f" -d {quoted(option.help)}")
        elif option.flag:
            lines.append(f"{head}{letter} -l {option.name}{value_of(option)} -d {quoted(option.help)}")
    return lines


def completion(program):
    """Returns: name of the file, text."""
    lines = [f"# Made from the table of options of {program.name}.", f"complete -c {program.name} -f"]
    names = " ".join(c.name for c in program.commands)
    for command in program.commands:
        lines.append(f"complete -c {program.name} -n 'not __fish_seen_subcommand_from {names}' "
                     f"-a {command.name} -d {quoted(command.help)}")
    lines += lines_of(program, program.options + program.general, "")
    for command in program.commands:
        lines += lines_of(program, command.options, f"__fish_seen_subcommand_from {command.name}")
    return f"fish/{program.name}.fish", "\n".join(lines) + "\n"
