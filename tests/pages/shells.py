"""What bash, zsh and fish offer for a line: asked of the shells themselves."""

import os
import pathlib
import pty
import re
import shlex
import subprocess
import tempfile
import time

from programs import PAGES

BASH = """
source /usr/share/bash-completion/bash_completion
source {file}
COMP_WORDS=({words}) COMP_CWORD={at} COMP_LINE={line} COMP_POINT={point} COMP_TYPE=9
compopt() {{ :; }}
{function} {program} {now} {before}
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

# Everything that is offered goes to a file, and nothing into the line.
ZSH = """
PS1= ; unsetopt zle_bracketed_paste; fpath=({folder} $fpath); cd {at}
autoload -Uz compinit; compinit -u -D
compadd() {{
  local -a hits
  if [[ ${{@[1,(i)(-|--)]}} != *-(O|A|D)\\ * ]]; then
    builtin compadd -A hits "$@"; print -rl -- $hits >>{out}
  fi
  builtin compadd "$@"
}}
offer() {{ _main_complete; compstate[insert]=; compstate[list]=; print -r -- ' done' >>{out} }}
zle -C offer complete-word offer; bindkey '^I' offer
print -r -- ' ready' >>{out}
"""


def words_of(line):
    """The words as bash splits them for a completion: = is one of its own."""
    parts = line.split(" ")
    words = [w for part in parts[:-1] if part for w in re.split("(=)", part)]
    last = re.split("(=)", parts[-1])
    return words + ([w for w in last[:-1] if w] + last[-1:])


def bash(line, folder):
    program = line.split()[0]
    words = words_of(line)
    script = BASH.format(
        file=PAGES / "bash" / program, words=" ".join(map(shlex.quote, words)), at=len(words) - 1,
        line=shlex.quote(line), point=len(line), function="_" + program.replace("-", "_"),
        program=program, now=shlex.quote(words[-1]), before=shlex.quote(words[-2]))
    done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True,
                          check=True, cwd=folder)
    assert done.stderr == "", done.stderr
    return set(done.stdout.split("\n")) - {""}


def fish(line, folder):
    script = f"source {PAGES}/fish/{line.split()[0]}.fish; complete -C {shlex.quote(line)}"
    environment = dict(os.environ, HOME=str(folder), XDG_CONFIG_HOME=str(folder / ".config"))
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True,
                          check=True, cwd=folder, env=environment)
    offered = {one.split("\t")[0] for one in done.stdout.splitlines()}
    # Behind --flag= the offer is the whole word; a folder ends with a slash.
    return {one.split("=")[-1].rstrip("/") for one in offered} - {""}


class Zsh:
    """A zsh at a terminal, which is asked one line after the other."""

    def __init__(self, folder):
        self.out = pathlib.Path(tempfile.mkstemp()[1])
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe("zsh", ["zsh", "-f", "-i"], dict(os.environ, TERM="dumb"))
        rc = folder / ".rc.zsh"
        rc.write_text(ZSH.format(folder=PAGES / "zsh", out=self.out, at=folder))
        self._ask(f"source {rc}\n", " ready")

    def _ask(self, typed, end):
        self.out.write_text("")
        os.write(self.terminal, typed.encode())
        deadline = time.monotonic() + 60
        while end not in self.out.read_text().splitlines():
            # Read what it shows, so that it never waits for the terminal.
            os.set_blocking(self.terminal, False)
            try:
                os.read(self.terminal, 65536)
            except BlockingIOError:
                time.sleep(0.02)
            assert time.monotonic() < deadline, f"zsh says nothing to {typed!r}"
        return self.out.read_text().splitlines()

    def __call__(self, line):
        # What was typed before is deleted first.
        offered = self._ask("\x15" + line + "\t", " done")
        return {one.rstrip("=/") for one in offered} - {" done", ""}

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)
        self.out.unlink()
