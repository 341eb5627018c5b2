"""A private stack: InfluxDB, kapacitor-udfd and Kapacitor, each with its files in one folder."""

import os
import re

from . import programs
from .influxdb import InfluxDB
from .kapacitor import Kapacitor
from .processes import Failure, Processes, free_port
from .programs import BIN, PROJECT

INFLUXDB_CONF = PROJECT / "tick" / "stack_lib" / "influxdb.conf"


def by_process(conf):
    """kapacitor.conf with the functions' stanzas by socket replaced by those by process."""
    conf = re.sub(r"^\[udf\.(.*\n)*?(?=\n|\Z)", "", conf, flags=re.M)
    conf = re.sub(r"^# (\[udf\.)", r"\1", conf, flags=re.M)
    return re.sub(r"^#   (prog|args|timeout) = ", r"  \1 = ", conf, flags=re.M)


class Stack(Processes):
    def __init__(self, folder=None):
        super().__init__(folder)
        self.influxdb = None
        self.kapacitor = None
        self.udfd_program = BIN / "kapacitor-udfd"
        self.more_functions = ()  # that the shipped kapacitor.conf does not have
        self.by_process = os.environ.get("UDF_MODE", "socket") == "process"

    # ---- InfluxDB

    def start_influxd(self):
        folder = self.folder / "influxdb"
        folder.mkdir(exist_ok=True)
        port = free_port()
        conf = INFLUXDB_CONF.read_text()
        conf = conf.replace("@DIR@", str(folder)).replace("@HTTP@", f"127.0.0.1:{port}")
        (folder / "influxdb.conf").write_text(conf)
        self.influxdb = InfluxDB(f"http://127.0.0.1:{port}")
        self.restart_influxd()

    def restart_influxd(self):
        """Again at the same address, with what it has stored."""
        if not (program := programs.influxd()):
            raise Failure("influxd is not installed (Debian: apt-get install influxdb)")
        self.start("influxd", [program, "-config", self.folder / "influxdb" / "influxdb.conf"])
        self.bring_up("influxd", 30, self.influxdb.is_up)

    def use_influxdb(self, url):
        self.influxdb = InfluxDB(url)
        if not self.influxdb.is_up():
            raise Failure(f"no InfluxDB answers at INFLUXDB_URL={self.influxdb.url}")

    # ---- kapacitor-udfd

    def start_udfd(self, *flags):
        if self.by_process:
            return
        command = [self.udfd_program, "--socket-dir", self.sockets, *flags]
        self.start("kapacitor-udfd", command)
        self.bring_up("kapacitor-udfd", 60, self.socket("moving_average").is_socket)

    def socket(self, function):
        return self.sockets / f"{function}.sock"

    def where_served(self, function):
        """The flags by which kapacitor-udf-host finds a function."""
        if self.by_process:
            return ["--exec", f"'{BIN / 'kapacitor-udfd'}' --stdio {function}"]
        return ["--socket", self.socket(function)]

    def host_task(self, script, given):
        """The TICKscript as flags of kapacitor-udf-host."""
        return [*self.where_served(script.function), "--function", script.function,
                "--measurement", script.var("measurement", given), "--group-by", "*",
                *script.host_options(given), *script.host_window(given)]  # fmt: skip

    # ---- Kapacitor

    def start_kapacitord(self, environment=None):
        self.kapacitor = Kapacitor(f"http://127.0.0.1:{free_port()}")
        self._write_kapacitor_conf()
        self._environment = {**os.environ, **(environment or {})}
        self.restart_kapacitord()

    def restart_kapacitord(self):
        command = [programs.kapacitord(), "-config", self.folder / "kapacitor.conf"]
        self.start("kapacitord", command, self._environment)
        self.bring_up("kapacitord", 60, self.kapacitor.is_up)

    def _write_kapacitor_conf(self):
        """The shipped kapacitor.conf with our ports and folders in place of the machine's."""
        conf = (PROJECT / "kapacitor.conf").read_text()
        if self.by_process:
            conf = by_process(conf)
        for shipped, ours in {
            "127.0.0.1:9092": self.kapacitor.url.removeprefix("http://"),
            "http://127.0.0.1:8086": self.influxdb.url,
            "/var/lib/kapacitor": f"{self.folder}/kapacitor",
            "/run/kapacitor-udf": str(self.sockets),
            "/usr/local/bin/kapacitor-udfd": str(BIN / "kapacitor-udfd"),
        }.items():
            conf = conf.replace(shipped, ours)
        for name in self.more_functions:
            conf += f'\n[udf.functions.{name}]\n  socket = "{self.socket(name)}"\n  timeout = "10s"\n'
        (self.folder / "kapacitor.conf").write_text(conf)

    def create_database(self, name):
        """And has it subscribed to, if there is a Kapacitor."""
        self.influxdb.create(name)
        if self.kapacitor:
            self.kapacitor.subscribe(self.influxdb, name)

    def start_task(self, task, script, given):
        self.kapacitor.define(task, script, self.folder, given)
        self.kapacitor.start(task)
