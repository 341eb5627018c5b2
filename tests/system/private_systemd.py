"""A systemd of one's own (systemd --user), in namespaces of its own: nothing outside is touched. It has no
sandboxes and changes no users: these need the systemd of the machine.
"""

import os
import re
import subprocess
from pathlib import Path

from system import Impossible, expect, programs, wait_until

SYSTEMD = "/lib/systemd/systemd"
NAMESPACES = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
# What a shell begins with in there; then `systemctl --user` has somebody to talk to.
START = f"""
  mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system /run/user/0 || exit 1
  export XDG_RUNTIME_DIR=/run/user/0
  {SYSTEMD} --user &
  for i in $(seq 100); do
    systemctl --user show --property=Version >/dev/null 2>&1 && break
    sleep 0.2
  done
"""
UNITS = programs.PROJECT / "udf" / "systemd"


def need_systemd():
    """Whether such a systemd comes up at all."""
    if os.geteuid() != 0 or not Path(SYSTEMD).exists():
        raise Impossible("needs root and systemd")
    trial = subprocess.run(inside("exec systemctl --user show --property=Version"),
                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)  # fmt: skip
    if trial.returncode != 0:
        raise Impossible(f"no systemd --user in namespaces of one's own: {trial.stderr.strip()[-300:]}")


def inside(script, config="/nonexistent"):
    """The command that runs this shell script beside such a systemd, which ends with it and reads its
    units from config/systemd/user.
    """
    return ["env", f"XDG_CONFIG_HOME={config}", *NAMESPACES, "sh", "-c", START + script]


def systemctl(*words):
    """Says what it says; a failure is in there as well."""
    done = subprocess.run(["systemctl", "--user", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.strip()


def property_of(unit, name):
    return systemctl("show", "--value", f"--property={name}", unit)


def wait_for(unit, name, wanted, seconds=30):
    """Until the property is so; wanted: a regular expression for all of it."""
    became = wait_until(seconds, lambda: re.fullmatch(wanted, property_of(unit, name)))
    expect(became, f"{name} of {unit} is not {wanted}, but {property_of(unit, name)}")


def service_text(program_folder, config_folder):
    """The service as it is installed, with these folders."""
    text = (UNITS / "kapacitor-udfd.service.in").read_text()
    return text.replace("@KAPACITOR_UDF_BIN_DIR@", str(program_folder)).replace("@KAPACITOR_UDF_CONFIG_DIR@", str(config_folder))  # fmt: skip
