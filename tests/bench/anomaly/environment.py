"""The Python packages that the comparison needs, in a virtual environment of its own."""

import hashlib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
REQUIREMENTS = os.path.join(HERE, "requirements.txt")


def work_folder():
    """Unless another is named."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(cache, "kapacitor-udf-anomaly-bench")


def enter(work):
    """Goes on in that environment, which is made first if need be: with python3-venv, by pip."""
    with open(REQUIREMENTS, "rb") as f:
        folder = os.path.join(work, "environment-" + hashlib.sha256(f.read()).hexdigest()[:12])
    if os.path.realpath(sys.prefix) == os.path.realpath(folder):
        return
    python = os.path.join(folder, "bin", "python")
    made = os.path.join(folder, "complete")
    if not os.path.exists(made):
        _make(folder, python)
        open(made, "w").close()
    os.execv(python, [python, *sys.argv])


def _make(folder, python):
    print(f"installing what {REQUIREMENTS} names into {folder}", file=sys.stderr)
    os.makedirs(os.path.dirname(folder) or ".", exist_ok=True)
    for command in ([sys.executable, "-m", "venv", "--clear", folder],
                    [python, "-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS]):
        if subprocess.run(command, stdout=sys.stderr).returncode != 0:
            sys.exit(f"{' '.join(command)} failed; it needs Debian's python3-venv and a package index for pip")
