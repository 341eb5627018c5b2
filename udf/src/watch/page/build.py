"""build.py OUT NPM: makes the status page one file, and writes it to OUT as what C++ includes.

page_html.inc has its bytes and page_policy.inc the Content-Security-Policy that allows its style and
its scripts, by their hashes, and nothing else. uPlot comes from npm, by package-lock.json. Without npm
("" or one that fetches nothing) the page has no charts, and says so.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
POLICY = ("default-src 'none'; script-src {scripts}; style-src {styles}; connect-src 'self'; img-src data:; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")  # fmt: skip
# Of a build machine that reaches no registry: it is not to wait for minutes.
PATIENCE = ["--fetch-retries=1", "--fetch-timeout=60000", "--no-audit", "--no-fund", "--ignore-scripts"]


def fetch_uplot(out, npm):
    """The folder of uPlot; None without it."""
    work = out / "npm"
    uplot = work / "node_modules" / "uplot"
    lock = (HERE / "package-lock.json").read_text()
    if uplot.is_dir() and (work / "package-lock.json").read_text() == lock:
        return uplot
    if not npm:
        return None
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, work / name)
    done = subprocess.run([npm, "ci", *PATIENCE], cwd=work, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)  # fmt: skip
    if done.returncode == 0 and uplot.is_dir():
        return uplot
    print(done.stdout.decode(errors="replace"), file=sys.stderr)
    return None


def read_parts(uplot):
    """(styles, scripts), each a list of texts."""
    styles, scripts = [(HERE / "page.css").read_text()], [(HERE / "page.js").read_text()]
    scripts += [(HERE / name).read_text() for name in ("chart.js", "start.js")]
    if uplot:
        version = json.loads((uplot / "package.json").read_text())["version"]
        notice = f"/*! uPlot {version}\n{(uplot / 'LICENSE').read_text()}*/\n"
        styles.insert(0, (uplot / "dist" / "uPlot.min.css").read_text())
        scripts.insert(0, notice + (uplot / "dist" / "uPlot.iife.min.js").read_text())
    return ["\n".join(styles)], ["\n".join(scripts)]


def source_of(text):
    """What the policy names a style or a script by."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def build(out, npm):
    uplot = fetch_uplot(out, npm)
    if not uplot:
        print("the status page is built without its charts: npm, which fetches uPlot, is missing or "
              "has failed", file=sys.stderr)  # fmt: skip
    styles, scripts = read_parts(uplot)
    for script in scripts:
        assert "</script" not in script, "a script that ends itself"
    html = (HERE / "page.html").read_text()
    html = html.replace("<!-- style -->", "".join(f"<style>{s}</style>" for s in styles))
    html = html.replace("<!-- script -->", "".join(f"<script>{s}</script>" for s in scripts))
    policy = POLICY.format(scripts=" ".join(map(source_of, scripts)), styles=" ".join(map(source_of, styles)))
    (out / "page.html").write_text(html)  # to look at
    # char may be signed.
    numbers = [byte if byte < 128 else byte - 256 for byte in html.encode()]
    lines = [",".join(map(str, numbers[i : i + 40])) for i in range(0, len(numbers), 40)]
    (out / "page_html.inc").write_text(",\n".join(lines) + "\n")
    (out / "page_policy.inc").write_text(f'"{policy}"\n')


if __name__ == "__main__":
    where = Path(sys.argv[1])
    where.mkdir(parents=True, exist_ok=True)
    build(where, sys.argv[2])
