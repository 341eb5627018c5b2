"""A headless Chromium, driven by its DevTools protocol."""

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

START = 60  # seconds, on a busy machine
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def program():
    """Its path; None if it is not installed."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Chromium:
    """with Chromium() as c: c.open(url); c.value("document.title")"""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="kapacitor-udf-chromium.", ignore_cleanup_errors=True)
        hears, self.tells = os.pipe()
        told, says = os.pipe()
        # It hears at descriptor 3 and says at 4. Its sandbox needs namespaces, which containers and root
        # do not get; it loads our page only.
        command = [
            "/bin/sh", "-c", f'exec "$@" 3<&{hears} 4>&{says}', "sh",
            program(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--hide-scrollbars", "--remote-debugging-pipe", f"--user-data-dir={self.profile.name}", "about:blank"]  # fmt: skip
        self.process = subprocess.Popen(command, pass_fds=(hears, says), stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
        os.close(hears)
        os.close(says)
        self.said = os.fdopen(told, "rb")
        self.waiting = b""
        self.events = []
        self.last_id = 0
        self.session = None

    def __enter__(self):
        try:
            target = self.send("Target.createTarget", url="about:blank")["targetId"]
            self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Network", "Runtime", "Log"):
                self.send(f"{domain}.enable")
            return self
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self.tells)
        self.said.close()
        self.profile.cleanup()

    def hear(self):
        """The next message; each ends with a NUL."""
        while b"\0" not in self.waiting:
            ready, _, _ = select.select([self.said], [], [], START)
            assert ready, "Chromium does not answer"
            more = os.read(self.said.fileno(), 1 << 20)
            assert more, "Chromium has ended"
            self.waiting += more
        message, self.waiting = self.waiting.split(b"\0", 1)
        return json.loads(message)

    def send(self, method, **parameters):
        """The result of a command. Events that come meanwhile are kept."""
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.tells, json.dumps(message).encode() + b"\0")
        while True:
            told = self.hear()
            if told.get("id") == self.last_id:
                assert "error" not in told, (method, told["error"])
                return told["result"]
            if "method" in told:
                self.events.append(told)

    def open(self, url):
        self.send("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete'")

    def value(self, expression):
        """What the page says of it."""
        told = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def wait_for(self, expression, seconds=30):
        """Its value, once that is true."""
        end = time.monotonic() + seconds
        while not (found := self.value(expression)):
            assert time.monotonic() < end, f"never true: {expression}; the page: {self.text()}"
            time.sleep(0.1)
        return found

    def text(self):
        return self.value("document.body.innerText")

    def look_like(self, width, height, dark=False, scale=1):
        """A screen of so many CSS pixels."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=scale, mobile=width < 600)  # fmt: skip
        self.send("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])  # fmt: skip

    def press(self, key, code):
        for kind in ("rawKeyDown", "keyUp"):
            self.send("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code)

    def screenshot(self, file, whole=True):
        told = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        Path(file).write_bytes(base64.b64decode(told["data"]))

    def requests(self):
        """The URLs that were asked for."""
        self.value("1")  # takes the events
        return [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]

    def complaints(self):
        """What the page has had refused, or what has failed in it."""
        kinds = {"Log.entryAdded", "Runtime.exceptionThrown"}
        return [e["params"] for e in self.events if e["method"] in kinds]
