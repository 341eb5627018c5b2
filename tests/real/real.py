#!/usr/bin/env python3
"""make real: builds the real Kapacitor, InfluxDB and Telegraf that the system tests run.

They are Go modules: each folder here has a go.mod that pins its versions, and the go.sum to it.
The programs go into a cache outside the project's tree, `real.py --bin` says which folder; what
is built there already is not built again. Needs Go, and Rust for the libflux of two of them.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Telegraf has hundreds of plugins; its `custom` tag leaves out all but the named ones.
TELEGRAF_PLUGINS = (
    "inputs.execd", "inputs.file", "inputs.http_listener_v2", "inputs.influxdb_listener",
    "processors.execd",
    "outputs.execd", "outputs.file", "outputs.influxdb", "outputs.influxdb_v2",
    "parsers.influx", "serializers.influx",
)  # fmt: skip

FLUX = "github.com/influxdata/pkg-config"


class Component:
    """Programs of one Go module at one version."""

    def __init__(self, folder, version, packages, flags=(), version_symbol="main.version"):
        self.folder = HERE / folder
        self.name = f"{folder}-{version}"
        self.packages = packages
        self.flags = [*flags, f"-ldflags=-s -w -X {version_symbol}={version}"]
        self.needs_flux = FLUX in (self.folder / "go.mod").read_text()

    def digest(self):
        """Of all that the programs are made from: when it changes they are built again."""
        made_from = hashlib.sha256(repr((self.packages, self.flags)).encode())
        for file in ("go.mod", "go.sum"):
            made_from.update((self.folder / file).read_bytes())
        return made_from.hexdigest()


COMPONENTS = (
    Component("kapacitor", "1.8.3", [
        "github.com/influxdata/kapacitor/cmd/kapacitord",
        "github.com/influxdata/kapacitor/cmd/kapacitor",
    ]),
    Component("influxdb", "1.13.2", [
        "github.com/influxdata/influxdb/cmd/influxd",
        "github.com/influxdata/influxdb/cmd/influx",
    ]),
    Component("telegraf", "1.37.2", ["github.com/influxdata/telegraf/cmd/telegraf"],
              flags=["-tags", ",".join(["custom", *TELEGRAF_PLUGINS])],
              version_symbol="github.com/influxdata/telegraf/internal.Version"),
)  # fmt: skip


def cache_folder():
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    versions = "+".join(component.name for component in COMPONENTS)
    return Path(cache) / "kapacitor-udf" / "real" / versions


def bin_folder():
    return cache_folder() / "bin"


def stamp_of(component):
    return cache_folder() / f"{component.name}.built"


def is_built(component):
    stamp = stamp_of(component)
    return stamp.exists() and stamp.read_text() == component.digest()


def missing_tools(components):
    tools = ["go", "gcc"]
    if any(component.needs_flux for component in components):
        tools += ["cargo", "pkg-config"]
    return [tool for tool in tools if not shutil.which(tool)]


def go_build(component, output, packages, flags, environment):
    output.mkdir(exist_ok=True)
    subprocess.run(["go", "build", "-mod=readonly", *flags, "-o", f"{output}/", *packages],
                   cwd=component.folder, env=environment, check=True)  # fmt: skip


def flux_environment(component, work):
    """InfluxData's pkg-config in front of the machine's: it builds libflux by cargo for Go's linker.

    flux-core denies warnings that a newer Rust has added since; they are capped. Its own choice of
    a toolchain would have rustup download that.
    """
    tools = work / "tools"
    go_build(component, tools, [FLUX], [], dict(os.environ))
    wrapper = tools / "rustc-with-capped-lints"
    wrapper.write_text('#!/bin/sh\nexec "$@" --cap-lints warn\n')
    wrapper.chmod(0o755)
    return {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PKG_CONFIG": str(tools / "pkg-config"),
        "RUSTC_WRAPPER": str(wrapper),
        "RUSTUP_TOOLCHAIN": os.environ.get("RUSTUP_TOOLCHAIN", "stable"),
        "CGO_ENABLED": "1",
    }


def build(component):
    started = time.monotonic()
    print(f"building {component.name} ...", flush=True)
    with tempfile.TemporaryDirectory(dir=cache_folder()) as name:
        work = Path(name)
        environment = dict(os.environ)
        if component.needs_flux:
            environment |= flux_environment(component, work)
        go_build(component, work / "bin", component.packages, component.flags, environment)
        bin_folder().mkdir(exist_ok=True)
        for program in (work / "bin").iterdir():
            program.replace(bin_folder() / program.name)
    stamp_of(component).write_text(component.digest())
    print(f"{component.name}: {time.monotonic() - started:.0f} s", flush=True)


def build_missing():
    missing = [component for component in COMPONENTS if not is_built(component)]
    if not missing:
        return
    if tools := missing_tools(missing):
        sys.exit(f"make real: not on PATH: {', '.join(tools)}; Debian: apt-get install golang cargo")
    for component in missing:
        build(component)


def main():
    if sys.argv[1:] == ["--bin"]:
        print(bin_folder())
        return
    cache_folder().mkdir(parents=True, exist_ok=True)
    with open(cache_folder() / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        build_missing()
    print(f"real programs: {bin_folder()}")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"make real: failed: {' '.join(map(str, error.cmd))}")
