"""What is installed for systemd is right as far as that can be judged without a machine of one's own:
systemd finds nothing wrong with the units, they leave the service little to do harm with, and yet all
that it does; user and folders are made; there is a socket for each ready-made function.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from private_systemd import UNITS, service_text
from system import BIN, Impossible, expect, expect_equal, run_test, say, wait_until

SERVICE = "kapacitor-udfd.service"
DROP_INS = UNITS / f"{SERVICE}.d"
# As systemd-analyze counts: 10 is a service without any limits.
MOST_EXPOSED, MOST_EXPOSED_WITH_NETWORK = 0.5, 1.5
# Refused, and done without: how much others are preferred.
TOLERATED = {"setpriority"}


def need_tools():
    for tool in ("systemd-analyze", "systemd-sysusers", "systemd-tmpfiles", "strace"):
        if not shutil.which(tool):
            raise Impossible(f"no {tool}")


def run(*command, environment=None):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, env={**os.environ, **(environment or {})})  # fmt: skip
    return done.returncode, done.stdout.strip()


def make_units(folder, *drop_ins):
    folder.mkdir()
    (folder / SERVICE).write_text(service_text(BIN, "/etc/kapacitor-udf"))
    shutil.copy(UNITS / "kapacitor-udfd.socket", folder)
    shutil.copy(UNITS / "kapacitor-udfd@.socket", folder / "kapacitor-udfd@ewma.socket")
    if drop_ins:
        (folder / f"{SERVICE}.d").mkdir()
    for name, text in drop_ins:
        (folder / f"{SERVICE}.d" / name).write_text(text)


def uncommented(text):
    """With all that it offers: lines whose # is not followed by a blank."""
    return re.sub(r"^#(?! |$)", "", text, flags=re.MULTILINE)


def verify(folder):
    units = [folder / name for name in (SERVICE, "kapacitor-udfd.socket", "kapacitor-udfd@ewma.socket")]
    # What is wrong with other units of this machine is none of our business.
    code, said = run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units,
                     environment={"SYSTEMD_UNIT_PATH": f"{folder}:"})  # fmt: skip
    ours = [line for line in said.splitlines() if "kapacitor" in line]
    expect_equal(f"what systemd finds wrong with the units of {folder.name}", (0, []), (code, ours))


def exposure(folder):
    code, said = run("systemd-analyze", "security", "--offline=yes", "--no-pager", SERVICE,
                     environment={"SYSTEMD_UNIT_PATH": f"{folder}:"})  # fmt: skip
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    expect(code == 0 and found, f"systemd-analyze security: {said[-500:]}")
    return float(found[1])


def units_are_right(folder):
    network, agents = (DROP_INS / "network.conf").read_text(), (DROP_INS / "agents.conf").read_text()
    expect("\nSystemCallFilter=set" in uncommented(agents), "agents.conf offers nothing")
    plain, connected, offered = folder / "plain", folder / "network", folder / "agents"
    make_units(plain)
    make_units(connected, ("network.conf", network))
    make_units(offered, ("network.conf", uncommented(network)), ("agents.conf", uncommented(agents)))
    for units in (plain, connected, offered):
        verify(units)
    for units, most in ((plain, MOST_EXPOSED), (connected, MOST_EXPOSED_WITH_NETWORK)):
        exposed = exposure(units)
        expect(exposed <= most, f"the service with {units.name} units is exposed by {exposed} > {most}")
        say(f"{units.name}: exposed by {exposed}")
    expect(exposure(connected) > exposure(plain), "the drop-in is not read")


def each_function_has_a_socket():
    code, said = run(BIN / "kapacitor-udfd", "--list")
    functions = sorted(re.findall(r"^ {2}(\w+)\s+(?:stream|batch) ->", said, re.MULTILINE))
    text = (UNITS / "kapacitor-udfd.socket").read_text()
    sockets = sorted(re.findall(r"^ListenStream=/run/kapacitor-udf/(\w+)\.sock$", text, re.MULTILINE))
    expect(code == 0 and len(functions) > 20, f"--list: {said[-300:]}")
    expect_equal("sockets of kapacitor-udfd.socket", functions, sockets)


def configuration_is_read(folder):
    """The file that is installed, and with all that it offers."""
    text = (UNITS / "kapacitor-udfd.toml").read_text()
    for name, content in (("plain.toml", text), ("offered.toml", uncommented(text))):
        (folder / name).write_text(content)
        code, said = run(BIN / "kapacitor-udfd", "--config", folder / name, "--list")
        expect(code == 0, f"{name}: {said}")


def user_and_folders_are_made(folder):
    root = folder / "root"
    (root / "etc").mkdir(parents=True)
    code, said = run("systemd-sysusers", f"--root={root}", UNITS / "kapacitor-udf.sysusers")
    expect(code == 0, f"systemd-sysusers: {said}")
    users = {line.split(":")[0]: line.split(":") for line in (root / "etc/passwd").read_text().splitlines()}
    members = {line.split(":")[0]: line.split(":")[3] for line in (root / "etc/group").read_text().splitlines()}
    expect("kapacitor-udf" in users and "kapacitor" in users, f"users: {sorted(users)}")
    expect("kapacitor" in members["kapacitor-udf"].split(","), f"members of the group: {members}")
    code, said = run("systemd-tmpfiles", "--create", f"--root={root}", UNITS / "kapacitor-udf.tmpfiles")
    expect(code == 0, f"systemd-tmpfiles: {said}")
    for name, mode in (("run/kapacitor-udf", 0o40755), ("var/lib/kapacitor-udf", 0o40750)):
        status = (root / name).stat()
        expect_equal(f"mode and owner of {name}", (mode, users["kapacitor-udf"][2]), (status.st_mode, str(status.st_uid)))


def members_of(group, seen=()):
    code, said = run("systemd-analyze", "syscall-filter", group)
    expect(code == 0, f"syscall-filter {group}: {said}")
    words = [line.strip() for line in said.splitlines()[1:]]
    calls = {word for word in words if word and word[0] not in "#@"}
    for inner in (word for word in words if word.startswith("@") and word not in seen):
        calls |= members_of(inner, (*seen, group))
    return calls


def allowed_calls():
    allowed = set()
    for value in re.findall(r"^SystemCallFilter=(.*)$", service_text(BIN, "/etc"), re.MULTILINE):
        forbids = value.startswith("~")
        for group in value.lstrip("~").split():
            allowed = allowed - members_of(group) if forbids else allowed | members_of(group)
    return allowed


@contextmanager
def traced_service(folder):
    """With all that uses system calls of its own: records for the next process, metrics, workers."""
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(folder / "notify"))
    command = ["strace", "-f", "-qq", "-c", "-U", "calls,name", "-o", folder / "calls", BIN / "kapacitor-udfd",
               "--fd-store", "--metrics", "127.0.0.1:0", "--socket-dir", folder, "--function", "moving_average"]  # fmt: skip
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, env={**os.environ, "NOTIFY_SOCKET": str(folder / "notify")})
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        manager.close()


def child_of(pid):
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def a_busy_life(folder, strace):
    """A task, a worker that is killed, the program replaced, the end."""
    log = folder / "log"

    def await_line(line, times=1):
        expect(wait_until(60, lambda: log.read_text().count(line) >= times), f"no line {line!r} in:\n{log.read_text()}")

    await_line("serving functions=1")
    supervisor = child_of(strace.pid)
    host = subprocess.Popen([BIN / "kapacitor-udf-host", "run", "--socket", folder / "moving_average.sock", "--input", "-",
                             "--opt", "field='value'", "--opt", "size=2", "--snapshot-interval", "500ms",
                             "--snapshot", folder / "snapshot"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # fmt: skip

    def ask():
        host.stdin.write(f"m value=1.0 {time.time_ns()}\n")
        host.stdin.flush()
        expect('"avg":1.0' in host.stdout.readline(), f"no answer:\n{log.read_text()}")

    ask()
    worker = int(re.findall(r"worker started function=\S+ pid=(\d+)", log.read_text())[-1])
    os.kill(worker, signal.SIGKILL)
    ask()
    os.kill(supervisor, signal.SIGHUP)
    await_line("taken over from the program before")
    ask()
    host.stdin.close()
    expect_equal("exit code of the host", 0, host.wait(60))
    os.kill(supervisor, signal.SIGTERM)
    strace.wait(60)


def filter_allows_what_is_needed(folder):
    folder.mkdir()
    with traced_service(folder) as strace:
        a_busy_life(folder, strace)
    used = {line.split()[-1] for line in (folder / "calls").read_text().splitlines()[2:] if "total" not in line}
    used = {name for name in used if re.fullmatch(r"[a-z_]\w*", name)}
    expect({"execve", "sendmsg", "recvmmsg", "memfd_create"} <= used, f"not much was traced: {sorted(used)}")
    expect_equal("system calls that the filter forbids", set(), used - allowed_calls() - TOLERATED)
    say(f"the filter allows the {len(used)} system calls that are used")


def test():
    need_tools()
    with tempfile.TemporaryDirectory(prefix="kapacitor-udf-test.") as name:
        folder = Path(name)
        units_are_right(folder)
        each_function_has_a_socket()
        configuration_is_read(folder)
        user_and_folders_are_made(folder)
        filter_allows_what_is_needed(folder / "traced")


if __name__ == "__main__":
    run_test(test)
