"""A fresh Debian 12 that runs in namespaces of its own: systemd as process 1, and no compilers.

Needs root, and mmdebstrap. What this machine's own sources of packages are is asked of apt; the root
is kept in the cache folder for the next test."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "kapacitor-udf"
KEYRING = "debian-archive-keyring"
CGROUPS = [pathlib.Path("/sys/fs/cgroup/unified"), pathlib.Path("/sys/fs/cgroup")]


def sources_of_this_machine():
    """The text of the files that name Debian's own packages, and the suffix of such a file."""
    folder = pathlib.Path("/etc/apt")
    found = [f for f in sorted(folder.glob("sources.list.d/*.sources")) if KEYRING in f.read_text()]
    found += [f for f in [folder / "sources.list"] if f.exists() and "bookworm" in f.read_text()]
    if not found:
        raise SystemExit("packages: /etc/apt names no source of Debian's packages")
    return found


def apt_options():
    """Whether this machine takes lists that have expired, as those of a mirror of the past have."""
    names = ("Acquire::Check-Valid-Until", "Acquire::Check-Date")
    form = ["apt-config", "dump", "--format", '%F "%v";%n']
    lines = subprocess.run([*form, *names], check=True, capture_output=True, text=True).stdout
    return [line for line in lines.splitlines() if line.startswith(names) and '""' not in line]


def archive():
    """A tar file of the fresh root, made if there is none."""
    made = CACHE / "debian-root" / "bookworm.tar"
    if made.exists():
        return made
    made.parent.mkdir(parents=True, exist_ok=True)
    part = made.with_suffix(".part.tar")
    options = [f"--aptopt={line}" for line in apt_options()]
    subprocess.run(
        ["mmdebstrap", "--mode=root", "--variant=minbase", "--include=systemd,systemd-sysv,dbus",
         *options, "bookworm", str(part), *map(str, sources_of_this_machine())], check=True)
    part.rename(made)
    return made


class DebianRoot:
    """Unpacked and booted. Use it as a context: at its end nothing is left."""

    def __init__(self):
        self.at = pathlib.Path(tempfile.mkdtemp(prefix="kapacitor-udf-root."))
        self.boot = None
        self.cgroup = next(c for c in CGROUPS if (c / "cgroup.procs").exists()) / self.at.name

    def __enter__(self):
        try:
            subprocess.run(["tar", "-x", "-C", self.at, "-f", archive(), "--exclude=./dev/*"],
                           check=True)
            shutil.copy("/etc/resolv.conf", self.at / "etc")
            self._boot()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _boot(self):
        """systemd as process 1, in its own view of processes, mounts, names and cgroups."""
        self.cgroup.mkdir()
        script = f"""
            echo $$ > {self.cgroup}/cgroup.procs
            exec unshare --mount --pid --uts --ipc --cgroup --fork --kill-child --propagation private \\
              sh -c '
                cd "$1"
                mount --bind . . && cd "$1"
                mount -t proc proc proc && mount -t tmpfs tmpfs run && mount -t tmpfs tmpfs tmp
                mount -t sysfs -o ro sysfs sys; mount -t cgroup2 cgroup2 sys/fs/cgroup ||
                  {{ mount -t tmpfs tmpfs sys/fs/cgroup; mount -t cgroup2 cgroup2 sys/fs/cgroup; }}
                mount -t tmpfs tmpfs dev; mkdir dev/pts dev/shm; mount -t tmpfs tmpfs dev/shm
                # Without them systemd makes no service a /dev of its own.
                mount -t devpts devpts dev/pts; ln -s pts/ptmx dev/ptmx
                for d in null zero full random urandom tty; do
                  touch dev/$d; mount --bind /dev/$d dev/$d; done
                ln -s /proc/self/fd dev/fd
                hostname fresh
                # Not chroot: sandboxes of services need a root that is a mount.
                mkdir -p old; pivot_root . old; cd /; umount -l /old; rmdir /old
                exec /usr/bin/env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
                  /lib/systemd/systemd --system --log-target=console --show-status=no
              ' sh {self.at}
        """
        self.log = open(self.at.with_suffix(".log"), "wb")
        self.boot = subprocess.Popen(["sh", "-c", script], stdout=self.log, stderr=self.log,
                                     stdin=subprocess.DEVNULL)
        self.wait_for(lambda: self.run("systemctl is-system-running", check=False).stdout.strip()
                      in ("running", "degraded"), "systemd has not come up", 60)

    def _process_1(self):
        """Its number as seen from outside: the child of unshare."""
        found = subprocess.run(["pgrep", "-P", str(self.boot.pid)], capture_output=True, text=True)
        return found.stdout.split()[0]

    def wait_for(self, ready, what, seconds=30):
        end = time.monotonic() + seconds
        while True:
            try:
                if ready():
                    return
            except (IndexError, subprocess.SubprocessError):
                pass
            if time.monotonic() > end:
                raise AssertionError(f"{what} within {seconds} s; {self.at.with_suffix('.log')}")
            time.sleep(0.2)

    def command(self, words, user=None):
        """The words that run a command of that root, in its namespaces."""
        as_user = ["runuser", "-u", user, "--"] if user else []
        return ["nsenter", "-t", self._process_1(), "--mount", "--pid", "--uts", "--ipc", "--cgroup",
                "--root", "--wd=/", "/usr/bin/env", "-i", "DEBIAN_FRONTEND=noninteractive",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *as_user, "sh", "-c", words]

    def run(self, words, user=None, check=True, timeout=300):
        """words: for a shell. Returns: CompletedProcess, text."""
        done = subprocess.run(self.command(words, user), capture_output=True, text=True,
                              timeout=timeout, stdin=subprocess.DEVNULL)
        if check and done.returncode != 0:
            raise AssertionError(f"{words}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def start(self, words, user=None):
        """The same in the background. Returns: Popen, text."""
        return subprocess.Popen(self.command(words, user), stdout=subprocess.PIPE, text=True,
                                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def files(self):
        """All names below the root that an installation could leave, but for what apt keeps."""
        own = ("var/lib/dpkg", "var/lib/apt", "var/cache", "var/log", "tmp", "run", "proc", "sys",
               "dev", "root", "var/tmp")
        names = set()
        for folder, folders, files in os.walk(self.at):
            here = os.path.relpath(folder, self.at)
            folders[:] = [f for f in folders if os.path.normpath(f"{here}/{f}") not in own]
            names.update(os.path.normpath(f"{here}/{f}") for f in folders + files)
        return names

    def __exit__(self, *_):
        if self.boot:
            self.boot.send_signal(signal.SIGKILL)
            self.boot.wait()
            self.log.close()
        for _ in range(50):
            if not self.cgroup.exists():
                break
            for group in [*sorted(self.cgroup.rglob("*/"), reverse=True), self.cgroup]:
                try:
                    group.rmdir()
                except OSError:
                    time.sleep(0.02)
        shutil.rmtree(self.at, ignore_errors=True)
