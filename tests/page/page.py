"""The status page of kapacitor-udfd in a real browser: what it shows of a live stream, and how it can be
read and used.
"""

import os
import re
import signal
import subprocess
import sys
import unittest
import urllib.request

import chromium
from live import Live, wait_until

FOCUSABLE = "[...document.querySelectorAll('a[href], button, select, input')].filter(e => e.offsetParent)"
TABLE = "document.getElementById('tasks').tBodies[0].rows"


def row(task):
    return f"[...{TABLE}].find(r => r.cells[0].innerText.includes('{task}'))"


def cell(task, column):
    return f"{row(task)}?.cells[{column}].innerText"


ALARMS = "document.querySelector('.plot')?.getAttribute('aria-label')?.match(/, ([1-9][0-9]*) alarms/)?.[1]"
DRAWN = """(() => {
  const canvas = document.querySelector('.plot canvas');
  if (!canvas) return 0;
  const bytes = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return bytes.filter((alpha, i) => i % 4 === 3 && alpha > 0).length;
})()"""


class Page(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.live = cls.enterClassContext(Live())
        cls.browser = cls.enterClassContext(chromium.Chromium())
        cls.browser.look_like(1200, 900)
        cls.browser.open(cls.live.url + "/")
        cls.browser.wait_for(f"{TABLE}.length === 2")

    def choose(self, group):
        self.browser.wait_for(f"""(() => {{
          const select = document.getElementById('group');
          const option = [...select.options].find(o => o.textContent.includes('{group}'));
          if (!option) return false;
          if (select.value === option.value) return true;
          select.value = option.value;
          select.dispatchEvent(new Event('change'));
          return true;
        }})()""")

    def test_1_numbers_of_tasks_go_up(self):
        c = self.browser
        rate = c.wait_for(f"Number({cell('cpu_anomalies', 1)}) > 5 && {cell('cpu_anomalies', 1)}")
        self.assertLess(float(rate), 3000)
        self.assertEqual("3", c.value(cell("cpu_anomalies", 4)), "groups")
        before = c.wait_for(f"parseInt({cell('averages', 5)}?.replace(/[^0-9]/g, ''))")
        self.assertIn("missing field", c.value(cell("averages", 5)))
        c.wait_for(f"parseInt({cell('averages', 5)}.replace(/[^0-9]/g, '')) > {before}")
        c.wait_for(f"{cell('averages', 7)}.includes('idle')")
        self.assertRegex(c.value(cell("cpu_anomalies", 3)), r"\d+ m?s$")

    def test_2_a_chart_shows_values_answers_and_an_alarm(self):
        c = self.browser
        c.value(f"{row('cpu_anomalies')}.querySelector('button').click()")
        self.choose("web-1")
        c.wait_for("view.data.rows.length > 20 && view.data.fields.has('anomaly_score')")
        self.assertEqual(["usage"], c.value("[...view.data.fields].filter(([, f]) => !f.answer).map(([n]) => n)"))
        self.assertTrue(c.value("view.data.fields.get('anomaly_is_anomaly').alarm"))
        wait_until(lambda: c.value(DRAWN) > 1000, 20, "nothing is drawn")
        before = int(c.value(ALARMS) or 0)
        self.live.spike()
        c.wait_for(f"Number({ALARMS}) > {before}")
        self.assertEqual(["host=web-1"], c.value("[...new Set([watched.group])]"))

    def test_3_names_are_text_whatever_they_are(self):
        c = self.browser
        self.choose("<img")
        c.wait_for("view.data.rows.length > 5")
        self.assertEqual(0, c.value("document.querySelectorAll('img').length"))
        self.assertEqual("kapacitor-udfd", c.value("document.title"))

    def test_4_nobody_else_is_asked(self):
        c = self.browser
        base = self.live.url + "/"
        self.assertEqual([], [url for url in c.requests() if not url.startswith(base) and url != "data:,"])
        self.assertEqual([], c.complaints())
        c.value("fetch('http://127.0.0.1:9/').catch(() => 0); 1")
        c.value("document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.evil = 1'}))")
        wait_until(lambda: c.requests() and len(c.complaints()) >= 2, 10, "the policy refuses nothing")
        self.assertIsNone(c.value("window.evil"))
        with urllib.request.urlopen(base) as answer:
            policy = answer.headers["Content-Security-Policy"]
            page = answer.read().decode()
        self.assertTrue(policy.startswith("default-src 'none'; script-src 'sha256-"), policy)
        self.assertNotIn("unsafe", policy)
        self.assertRegex(page, r"<noscript>[^]*?/status.json".replace("[^]", r"[\s\S]"))

    def test_5_fits_a_phone_and_the_dark(self):
        c = self.browser
        light = c.value("getComputedStyle(document.body).backgroundColor")
        c.look_like(360, 740, dark=True)
        wait_until(lambda: c.value("document.querySelector('.plot').clientWidth") < 360, 10, "the chart stays wide")
        self.assertLessEqual(c.value("document.documentElement.scrollWidth"), 360)
        beyond = "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 361)"
        wait_until(lambda: c.value(f"{beyond}.filter(e => !e.closest('thead')).length") == 0, 10,
                   f"beyond the edge: {c.value(beyond + '.map(e => e.outerHTML.slice(0, 80))')}")
        dark = c.value("getComputedStyle(document.body).backgroundColor")
        sums = [sum(map(int, re.findall(r"\d+", text)[:3])) for text in (light, dark)]
        self.assertGreater(sums[0], 600)
        self.assertLess(sums[1], 150)
        c.look_like(1200, 900)

    def test_6_every_control_is_reached_by_tab(self):
        c = self.browser
        c.value("document.activeElement.blur(); 1")
        all_of_them = c.value(f"{FOCUSABLE}.length")
        self.assertGreater(all_of_them, 8)
        reached = set()
        for _ in range(all_of_them + 2):
            c.press("Tab", 9)
            where = c.value(f"{FOCUSABLE}.indexOf(document.activeElement)")
            if where >= 0:
                reached.add(where)
                ring = c.value("getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth")
                self.assertNotIn("none", ring)
                self.assertNotIn("0px", ring)
        self.assertEqual(set(range(all_of_them)), reached)
        c.value("document.getElementById('pause').focus()")
        for pressed in ("true", "false"):
            c.send("Input.dispatchKeyEvent", type="keyDown", key="Enter", windowsVirtualKeyCode=13, text="\r")
            c.send("Input.dispatchKeyEvent", type="keyUp", key="Enter", windowsVirtualKeyCode=13)
            self.assertEqual(pressed, c.value("document.getElementById('pause').getAttribute('aria-pressed')"))

    def test_7_a_killed_worker_is_seen_and_points_come_on(self):
        c = self.browser
        c.value(f"{row('cpu_anomalies')}.querySelector('button').click()")
        self.choose("web-2")
        c.wait_for("view.data.rows.length > 5")
        udfd = self.live.programs[0].pid
        found = subprocess.run(["pgrep", "-P", str(udfd), "-x", "anomaly"], capture_output=True, check=True)
        os.kill(int(found.stdout.split()[0]), signal.SIGKILL)
        c.wait_for(f"{cell('cpu_anomalies', 6)} === '1'")
        newest = c.value("view.data.rows.at(-1).time")
        c.wait_for(f"view.data.rows.at(-1).time > {newest} + 2")

    def test_8_an_end_of_the_program_is_said(self):
        c = self.browser
        self.live.programs[0].kill()
        c.wait_for("document.getElementById('state').innerText.startsWith('no answer for')")


if __name__ == "__main__":
    if not chromium.program():
        print("SKIPPED: chromium is not installed (Debian: apt-get install chromium)")
        sys.exit(77)
    unittest.main(verbosity=2)
