"""The container file and the example for Kubernetes, as far as that can be tried without either: the
shell in them, what they copy, and the two programs, which are run with the arguments, configurations and
probes of the example. Needs no container engine.
"""

import json
import re
import shlex
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from system import BIN, Impossible, expect, expect_equal, free_port, programs, run_test, say, wait_until

try:
    import yaml
except ImportError:
    yaml = None

PROJECT = programs.PROJECT
CONTAINERFILE = PROJECT / "udf/containers/Containerfile"
SIDECAR = PROJECT / "udf/docs/operating/sidecar.yaml"


def instructions(text):
    """(name, the rest), a continued line as one."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    for line in re.sub(r"\\\n", "", "\n".join(lines)).splitlines():
        name, rest = line.split(None, 1)
        yield name, rest


def shell_is_right(steps, folder):
    script = folder / "run.sh"
    # One after the other, but each a shell of its own.
    script.write_text("#!/bin/sh\n" + "".join(f"(\n{rest}\n)\n" for name, rest in steps if name == "RUN"))
    done = subprocess.run(["shellcheck", script], stdout=subprocess.PIPE, text=True)
    expect(done.returncode == 0, f"shellcheck of the RUN lines:\n{done.stdout}")


def copied_files_exist(steps):
    ours = [shlex.split(rest)[:-1] for name, rest in steps if name == "COPY" and not rest.startswith("--from=")]
    expect(len(ours) == 3, f"COPY lines: {ours}")
    for source in (word for words in ours for word in words):
        expect((PROJECT / source).exists(), f"COPY {source}: there is no such file")


def libraries_are_installed(steps):
    """The step that says which packages the second stage needs, run on our programs."""
    step = next(rest for name, rest in steps if name == "RUN" and rest.startswith("ldd "))
    step = step.replace("/installed/usr/bin/*", f"{BIN}/kapacitor-udfd {BIN}/kapacitor-udf-host")
    step = step.replace(" >/installed/packages", "")
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", step], stdout=subprocess.PIPE, text=True)
    packages = set(done.stdout.split())
    expect({"libprotobuf32", "libfftw3-double3", "libc6"} <= packages, f"packages: {sorted(packages)}")
    files = "".join(
        subprocess.run(["dpkg-query", "-L", *packages], stdout=subprocess.PIPE, text=True, check=True).stdout
    )
    for program in ("kapacitor-udfd", "kapacitor-udf-host"):
        linked = subprocess.run(["ldd", BIN / program], stdout=subprocess.PIPE, text=True, check=True).stdout
        for library in re.findall(r"^\s*(\S+) => /", linked, re.MULTILINE):
            expect(f"/{library}\n" in files, f"{program} needs {library}, which is in none of {sorted(packages)}")


def build_options_are_known(steps):
    """A mistyped cache variable or target would show in an hour of building, or never."""
    text = " ".join(rest for name, rest in steps if name == "RUN")
    known = (PROJECT / "CMakeLists.txt").read_text()
    for option in re.findall(r"-D(KAPACITOR_UDF_\w+)=", text):
        expect(f"option({option} " in known, f"CMakeLists.txt has no option {option}")
    presets = json.loads((PROJECT / "CMakePresets.json").read_text())
    for preset in re.findall(r"--preset (\S+)", text):
        expect(preset in [p["name"] for p in presets["configurePresets"]], f"there is no preset {preset}")


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


class Example:
    """What is in sidecar.yaml."""

    def __init__(self):
        documents = list(yaml.safe_load_all(SIDECAR.read_text()))
        self.by_kind = {d["kind"]: d for d in documents}
        expect_equal("kinds", ["ConfigMap", "Service", "StatefulSet"], sorted(self.by_kind))
        self.files = self.by_kind["ConfigMap"]["data"]
        self.pod = self.by_kind["StatefulSet"]["spec"]["template"]["spec"]
        (self.sidecar,), (self.kapacitor,) = self.pod["initContainers"], self.pod["containers"]

    def fits_together(self):
        own = {v["name"] for v in self.pod["volumes"]}
        own |= {c["metadata"]["name"] for c in self.by_kind["StatefulSet"]["spec"]["volumeClaimTemplates"]}
        for container in (self.sidecar, self.kapacitor):
            mounted = {m["name"]: m["mountPath"] for m in container["volumeMounts"]}
            expect(set(mounted) <= own, f"{container['name']} mounts {sorted(mounted)}, there are {sorted(own)}")
            expect_equal(f"folder of the sockets in {container['name']}", "/run/kapacitor-udf", mounted["sockets"])
            ports = {p["name"] for p in container["ports"]}
            for probe in (key for key in container if key.endswith("Probe")):
                expect(container[probe]["httpGet"]["port"] in ports, f"{probe}: no such port")
        user = self.pod["securityContext"]
        expect(user["runAsNonRoot"] and user["runAsUser"] > 0, f"user: {user}")
        expect_equal("group of the volumes", user["runAsGroup"], user["fsGroup"])
        expect(f"USER {user['runAsUser']}:" in CONTAINERFILE.read_text(), "the image has another user")
        served = re.findall(r'"(\w+)"', re.search(r"function = \[.*\]", self.files["kapacitor-udfd.toml"])[0])
        registered = re.findall(r"\[udf\.functions\.(\w+)\]", self.files["kapacitor.conf"])
        expect_equal("functions that Kapacitor waits for", sorted(served), sorted(registered))

    def written(self, folder, metrics, http):
        """Its files, with folders and ports of ours."""
        for name, text in self.files.items():
            for theirs, ours in (("/run/kapacitor-udf", f"{folder}/sockets"), ("/var/lib/kapacitor", f"{folder}/data"),
                                 ("0.0.0.0:9876", f"127.0.0.1:{metrics}"), ('":9092"', f'"127.0.0.1:{http}"'),
                                 ("enabled = true", "enabled = false")):  # fmt: skip
                text = text.replace(theirs, ours)
            (folder / name).write_text(text)

    def arguments(self, folder):
        replaced = {"/etc/kapacitor-udf": str(folder), "/run/kapacitor-udf": f"{folder}/sockets"}
        for word in self.sidecar["args"]:
            for theirs, ours in replaced.items():
                word = word.replace(theirs, ours)
            yield word


def example_runs(folder):
    example = Example()
    example.fits_together()
    for name in ("sockets", "data"):
        (folder / name).mkdir()
    metrics, http = free_port(), free_port()
    example.written(folder, metrics, http)
    running = []

    def start(name, *command):
        with (folder / f"{name}.log").open("w") as log:
            running.append(subprocess.Popen(command, stderr=log, stdout=log, env={"PATH": "/usr/bin:/bin"}))

    def log_of(name):
        return (folder / f"{name}.log").read_text()[-2000:]

    try:
        start("udfd", BIN / "kapacitor-udfd", *example.arguments(folder))
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            url = f"http://127.0.0.1:{metrics}{example.sidecar[probe]['httpGet']['path']}"
            expect(wait_until(30, lambda url=url: get(url) == 200), f"{probe} {url} fails:\n{log_of('udfd')}")
        say("kapacitor-udfd takes the example's options, and its probes are answered")
        if not programs.have_kapacitor():
            return say("no kapacitord: its part is not tried")
        start("kapacitord", programs.kapacitord(), "-config", str(folder / "kapacitor.conf"))
        url = f"http://127.0.0.1:{http}{example.kapacitor['readinessProbe']['httpGet']['path']}"
        expect(wait_until(60, lambda: get(url) == 204), f"readinessProbe {url} fails:\n{log_of('kapacitord')}")
        say("kapacitord comes up with the example's configuration")
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(30)


def test():
    if not yaml:
        raise Impossible("no yaml for this Python (Debian: apt-get install python3-yaml)")
    if not shutil.which("shellcheck"):
        raise Impossible("no shellcheck")
    with tempfile.TemporaryDirectory(prefix="kapacitor-udf-test.") as name:
        folder = Path(name)
        steps = list(instructions(CONTAINERFILE.read_text()))
        shell_is_right(steps, folder)
        copied_files_exist(steps)
        libraries_are_installed(steps)
        build_options_are_known(steps)
        example_runs(folder)


if __name__ == "__main__":
    run_test(test)
