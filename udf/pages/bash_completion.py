"""Completions for bash, with the functions of the package bash-completion."""

ACTIONS = {"file": "_filedir", "folder": "_filedir -d",
           "command": 'COMPREPLY=($(compgen -c -- "$cur"))',
           "user": 'COMPREPLY=($(compgen -u -- "$cur"))',
           "group": 'COMPREPLY=($(compgen -g -- "$cur"))'}


def function_of(program):
    return "_" + program.name.replace("-", "_")


def offer(words):
    return f"COMPREPLY=($(compgen -W '{' '.join(words)}' -- \"$cur\"))"


def action_of(option):
    actions = [offer(option.words())] if option.words() else []
    if option.kind():
        actions.append(ACTIONS[option.kind()].replace("COMPREPLY=", "COMPREPLY+="))
    return "; ".join(actions) or ":"


def pattern_of(options):
    return "|".join(flag for option in options for flag in option.flags())


def lines_of_values(options):
    """Cases of the word before: what its value may be."""
    lines = []
    actions = {}
    for option in options:
        if option.flag and option.value and not option.argument:
            actions.setdefault(action_of(option), []).append(option)
    for action, same in actions.items():
        lines.append(f"        {pattern_of(same)}) {action}; return ;;")
    return lines


def lines_of_command(program, command):
    """What is offered behind a command, or before any."""
    options = program.all_of(command)
    flags = [f for o in options if o.flag and not o.argument for f in o.flags()]
    arguments = [o for o in options if o.argument]
    lines = [f"    {command.name if command else '*'})", '      case $prev in',
             *lines_of_values(options), "      esac", "      $split && return",
             "      if [[ $cur == -* ]]; then", f"        {offer(flags)}"]
    if arguments:
        lines += ["      else", f"        {'; '.join(action_of(o) for o in arguments)}"]
    elif not command and program.commands:
        lines += ["      else", f"        {offer([c.name for c in program.commands])}"]
    return [*lines, "      fi", "      ;;"]


def with_values(program):
    """All flags that take a value, of whichever command."""
    options = [o for c in program.commands for o in c.options] + program.options + program.general
    return sorted({flag for o in options if o.flag and o.value and not o.argument
                   for flag in o.flags()})


def completion(program):
    """Returns: name of the file, text."""
    name = function_of(program)
    lines = [f"# bash completion for {program.name}, made from its table of options.", "",
             f"{name}() {{", "  local cur prev words cword split command= i",
             "  _init_completion -s || return"]
    if program.commands:
        lines += ["  for ((i = 1; i < cword; i++)); do", "    case ${words[i]} in",
                  f"      {'|'.join(c.name for c in program.commands)})",
                  "        command=${words[i]}", "        break", "        ;;",
                  "      # The value of a flag is no command.",
                  f"      {'|'.join(with_values(program))}) ((i++)) ;;",
                  "    esac", "  done"]
    lines.append("  case $command in")
    for command in program.commands:
        lines += lines_of_command(program, command)
    standard = [c for c in program.commands if c.name == program.standard_command]
    lines += lines_of_command(program, None)
    assert not standard or not standard[0].options, "the standard command has options of its own"
    lines += ["  esac", "}", f"complete -F {name} {program.name}"]
    return f"bash/{program.name}", "\n".join(lines) + "\n"
