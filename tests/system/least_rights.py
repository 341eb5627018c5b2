"""least_rights.py sockets SHIM | files: what the programs may do is no more than need be.

sockets: a UNIX socket is never, not even for a moment, more open than its final mode, whatever the
umask; asked of each program that serves one, and no other program makes any.
files: --enrich-dir holds in every way to run a function and in every way to say it.
"""

import os
import stat
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from system import BIN, expect, expect_equal, run_test, wait_until

UDFD = BIN / "kapacitor-udfd"


@contextmanager
def serving(command, sockets, environment=None):
    """The program, until its sockets accept; then it is ended."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   env={**os.environ, **(environment or {})})  # fmt: skip
        try:
            # A lock file is made first, the socket is bound, then it listens and is logged.
            def told():
                log.seek(0)
                return b" serving" in log.read() or process.poll() is not None

            wait_until(20, lambda: told() and all(s.is_socket() for s in sockets))
            log.seek(0)
            expect(process.poll() is None and all(s.is_socket() for s in sockets), log.read().decode())
            yield
        finally:
            process.terminate()
            process.wait(20)


def modes_at_bind(report):
    lines = report.read_text().splitlines() if report.exists() else []
    return {path: int(mode, 8) for path, _, mode in (line.rpartition(" ") for line in lines)}


def check_sockets(folder, name, command, sockets, shim, mode):
    report = folder / "modes"
    report.unlink(missing_ok=True)
    preload = {"LD_PRELOAD": shim, "BIND_MODES": str(report), "ASAN_OPTIONS": "verify_asan_link_order=0"}
    with serving([*command, "--socket-mode", f"{mode:o}"], sockets, preload):
        seen = modes_at_bind(report)
        for socket in sockets:
            final = stat.S_IMODE(socket.stat().st_mode)
            expect_equal(f"{name}: final mode of {socket.name}", oct(mode), oct(final))
            expect(str(socket) in seen, f"{name}: {socket} was not bound under the eyes of this test")
        for path, first in seen.items():
            expect(first & ~mode == 0, f"{name}: {path} had mode {first:04o} at first, its final one is {mode:04o}")


def sockets(shim):
    os.umask(0)
    with tempfile.TemporaryDirectory(prefix="kapacitor-udf.") as name:
        folder = Path(name)
        own = folder / "own.sock"
        names = ["ewma", "identity"]
        flags = [word for name in names for word in ("--function", name)]
        for mode in (0o600, 0o660, 0o400):
            for isolate in ("none", "function"):
                check_sockets(folder, f"kapacitor-udfd --isolate {isolate}",
                              [UDFD, "--socket-dir", folder, "--isolate", isolate, *flags],
                              [folder / f"{name}.sock" for name in names], shim, mode)  # fmt: skip
            check_sockets(folder, "a program of udf::run", [BIN / "examples" / "ewma", "--listen", own],
                          [own], shim, mode)  # fmt: skip


def answer(socket_or_exec, file):
    """What the host says of a task with enrich and that file."""
    with tempfile.NamedTemporaryFile("w", suffix=".lp") as points:
        points.write("cpu,host=a x=1 1\n")
        points.flush()
        done = subprocess.run(
            [BIN / "kapacitor-udf-host", "run", *socket_or_exec, "--function", "enrich", "--input", points.name,
             "--opt", f"file={file}", "--opt", "key=host"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)  # fmt: skip
    return done.stdout


def expect_limited(socket_or_exec, how, folder):
    good, bad = answer(socket_or_exec, folder / "in/a.csv"), answer(socket_or_exec, folder / "a.csv")
    expect("r1" in good, f"{how}: a file below the folder is not read: {good}")
    expect("it is not below" in bad and "r1" not in bad, f"{how}: a file outside is not refused: {bad}")


def files():
    with tempfile.TemporaryDirectory(prefix="kapacitor-udf.") as name:
        folder = Path(name)
        (folder / "in").mkdir()
        for file in (folder / "a.csv", folder / "in" / "a.csv"):
            file.write_text("host,rack\na,r1\n")
        conf = folder / "udfd.toml"
        conf.write_text(f'enrich-dir = "{folder}/in"\n')
        socket = folder / "enrich.sock"
        ways = {"flag": (["--enrich-dir", folder / "in"], {}), "file": (["--config", conf], {}),
                "variable": ([], {"KAPACITOR_UDFD_ENRICH_DIR": f"{folder}/in"})}  # fmt: skip
        for isolate in ("none", "function", "task"):
            for how, (flags, environment) in ways.items():
                command = [UDFD, "--socket-dir", folder, "--function", "enrich", "--isolate", isolate, *flags]
                with serving(command, [socket], environment):
                    expect_limited(["--socket", socket], f"{how}, --isolate {isolate}", folder)
        expect_limited(["--exec", f"'{UDFD}' --stdio enrich --enrich-dir '{folder}/in'"], "--stdio", folder)
        none = answer(["--exec", f"'{UDFD}' --stdio enrich --enrich-dir none"], folder / "in/a.csv")
        expect("lets tasks read no file (--enrich-dir none)" in none, none)
        free = answer(["--exec", f"'{UDFD}' --stdio enrich"], folder / "a.csv")
        expect("r1" in free, f"without the option a file is not read: {free}")


def test():
    files() if sys.argv[1] == "files" else sockets(sys.argv[2])


if __name__ == "__main__":
    run_test(test)
