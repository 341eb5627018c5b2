#!/usr/bin/env python3
"""packages.py FOLDER: the Debian packages of that folder, in a fresh Debian without compilers.

Installs, starts, uses, upgrades under load, removes and purges them, and looks at what is left. Needs
root. `make deb-check` builds the packages and runs this."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from debian_root import DebianRoot

SOCKET = "/run/kapacitor-udf/moving_average.sock"
CONFIG = "/etc/kapacitor-udf/kapacitor-udfd.toml"
PACKAGES = ("kapacitor-udf", "kapacitor-udf-tools", "libkapacitor-udf-dev")
RATE, SECONDS = 2000, 25
# What belongs to the machine afterwards: users that stay, and what other packages keep.
KEPT = {"etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-", "etc/subgid-"}


def say(text):
    print(f"ok: {text}", flush=True)


def newer(deb, folder):
    """The same package with a version one higher. Returns: its path."""
    at = pathlib.Path(tempfile.mkdtemp(dir=folder))
    subprocess.run(["dpkg-deb", "-R", deb, at / "tree"], check=True)
    control = at / "tree" / "DEBIAN" / "control"
    text = re.sub(r"^Version: (.*)$", r"Version: \1+1", control.read_text(), flags=re.M)
    # Packages that need each other in the same version still do.
    control.write_text(text)
    made = folder / f"{deb.name.split('_')[0]}_next.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", at / "tree", made], check=True,
                   stdout=subprocess.DEVNULL)
    shutil.rmtree(at)
    return made


def install(root, debs):
    root.run("apt-get update -q", timeout=600)
    root.run("cd /debs && apt-get install -q -y --no-install-recommends " +
             " ".join("./" + d.name for d in debs), timeout=900)
    for compiler in ("cc", "c++", "gcc", "clang", "make"):
        assert root.run(f"command -v {compiler}", check=False).returncode != 0, compiler
    say("installed by apt, and no compiler came along")


def started(root):
    root.run("systemctl is-enabled kapacitor-udfd.service")
    root.wait_for(lambda: state(root) == "active", "the service is not active")
    for name in ("kapacitor-udfd.socket", "kapacitor-udfd@.socket"):
        assert root.run(f"systemctl is-enabled {name}", check=False).stdout.strip() == "disabled"
    line = root.run(f"stat -c '%U %G %a' {SOCKET}").stdout.strip()
    assert line == "kapacitor-udf kapacitor-udf 660", line
    assert "kapacitor-udf" in root.run("id -nG kapacitor").stdout.split()
    say("the service runs, as kapacitor-udf; its sockets are there")


def state(root):
    return root.run("systemctl is-active kapacitor-udfd.service", check=False).stdout.strip()


def used(root):
    words = f"kapacitor-udf-host check --socket {SOCKET} --opt \"field='value'\" --opt size=5"
    done = root.run(words, user="kapacitor")
    assert " FAIL" not in done.stdout, done.stdout
    refused = root.run(words, user="nobody", check=False)
    assert refused.returncode != 0 and "ermission denied" in refused.stdout + refused.stderr, refused
    say("user kapacitor passes every rule of kapacitor-udf-host check, user nobody is kept out")


def documented(root):
    """Pages lie where man finds them, completions where the shells look."""
    for name in ("man8/kapacitor-udfd.8", "man5/kapacitor-udfd.toml.5", "man1/kapacitor-udf-host-run.1"):
        assert root.run(f"zcat /usr/share/man/{name}.gz").stdout.startswith(".TH"), name
    for name in ("bash-completion/completions/kapacitor-udfd", "zsh/vendor-completions/_kapacitor-udfd",
                 "fish/vendor_completions.d/kapacitor-udf-host.fish"):
        root.run(f"test -s /usr/share/{name}")
    say("man pages and completions are in their places")


def load(root):
    """A stream of some seconds through the service. Returns: Popen"""
    return root.start(
        f"kapacitor-udf-generator --target stdout --speed 1 --quiet --scenario sensors --rate {RATE} --duration {SECONDS}s "
        f"2>/dev/null | kapacitor-udf-host run --socket {SOCKET} --input - --function moving_average "
        "--measurement sensors --opt \"field='temperature'\" --opt size=5 --output /tmp/out.jsonl "
        "--summary /tmp/summary.json", user="kapacitor")


def pid_of(root):
    return root.run("systemctl show -P MainPID kapacitor-udfd.service").stdout.strip()


def upgraded(root, debs):
    root.run(f"echo 'log-level = \"debug\"' >>{CONFIG}")
    before, busy = pid_of(root), load(root)
    root.wait_for(lambda: int(root.run("wc -l </tmp/out.jsonl", check=False).stdout or 0) > RATE,
                  "no answers came")
    root.run("cd /debs && dpkg -i " + " ".join(d.name for d in debs))
    root.wait_for(lambda: "taken over" in journal(root), "the new program has not taken over")
    assert busy.poll() is None, "the load was over before the upgrade was"
    text = busy.communicate(timeout=120)[0]
    assert busy.returncode == 0, text
    assert pid_of(root) == before, "the service was restarted"
    program = root.run(f"readlink /proc/{before}/exe").stdout.strip()
    assert program == "/usr/bin/kapacitor-udfd", program
    summary = json.loads(root.run("cat /tmp/summary.json").stdout)
    answers = int(root.run("wc -l </tmp/out.jsonl").stdout)
    assert answers == RATE * SECONDS, (answers, summary)
    version = root.run("dpkg-query -W -f '${Version}' kapacitor-udf").stdout
    assert version.endswith("+1"), version
    assert "debug" in root.run(f"cat {CONFIG}").stdout, "the administrator's setting is gone"
    say(f"upgraded to {version} under load: {answers} of {RATE * SECONDS} points answered, "
        "same process, settings kept")


def journal(root):
    return root.run("journalctl -u kapacitor-udfd.service --no-pager -o cat", check=False).stdout


def removed(root):
    root.run("apt-get remove -q -y " + " ".join(PACKAGES))
    assert state(root) in ("inactive", "failed"), state(root)
    assert root.run("pgrep -x kapacitor-udfd", check=False).returncode != 0, "it still runs"
    root.run(f"test -e {CONFIG} && test ! -e /run/kapacitor-udf && test ! -e /usr/bin/kapacitor-udfd")
    say("removed: nothing runs, the configuration is still there")


def purged(root, before):
    root.run("apt-get purge -q -y kapacitor-udf")  # apt knows nothing any more of those without configuration
    root.run("apt-get autoremove --purge -q -y")
    left = {f for f in root.files() - before - KEPT}
    assert not left, f"left behind: {sorted(left)}"
    root.run("getent passwd kapacitor-udf")
    say("purged: no file is left; the user stays, as Debian's policy has it")


def main(folder):
    debs = [next(pathlib.Path(folder).glob(f"{name}_*.deb"), None) for name in PACKAGES]
    if None in debs:
        raise SystemExit(f"packages.py: {folder} lacks a package: `make deb` builds them")
    with DebianRoot() as root:
        (root.at / "debs").mkdir()
        before = root.files()
        for deb in debs:
            shutil.copy(deb, root.at / "debs")
        next_debs = [newer(deb, root.at / "debs") for deb in debs]
        say("a fresh Debian has booted")
        install(root, debs)
        started(root)
        documented(root)
        used(root)
        upgraded(root, next_debs)
        removed(root)
        shutil.rmtree(root.at / "debs")
        (root.at / "debs").mkdir()
        purged(root, before)


if __name__ == "__main__":
    main(*sys.argv[1:])
