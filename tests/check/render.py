#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A browser shows the HTML report whole: it has a title and a table, says nothing on its console, and fetches nothing.

Prints where the screenshot is, for people to look at.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
SECONDS = 60


def browse(report, profile, *words):
    """What the browser prints, and what it logs."""
    done = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                           f"--user-data-dir={profile}", "--host-resolver-rules=MAP * ~NOTFOUND",
                           "--enable-logging=stderr", "--log-level=0", "--window-size=1280,1600", *words,
                           "file://" + report], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=SECONDS, check=True, env={"PATH": os.environ["PATH"], "HOME": profile})
    return done.stdout, done.stderr


def problems_of(report, page, log):
    problems = [line for line in log.splitlines() if ":CONSOLE" in line]
    with open(report, encoding="utf-8") as file:
        source = file.read()
    loads = re.findall(r"<(?:script|img|iframe|link)\b[^>]*\b(?:src|href)\s*=\s*[\"']?(?!data:|#)[^>]*>", source)
    problems += [f"loads something from elsewhere: {tag}" for tag in loads]
    if not re.search(r"<title>[^<]+</title>", page):
        problems.append("has no title")
    if "<table" not in page or "</html>" not in page:
        problems.append("is not whole")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", required=True)
    parser.add_argument("--screenshot", required=True)
    options = parser.parse_args()
    if shutil.which("chromium") is None:
        print("skipped: chromium is not installed (tests/setup.sh test)")
        return SKIPPED
    report = os.path.abspath(options.report)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        page, log = browse(report, profile, "--dump-dom")
        browse(report, profile, "--screenshot=" + os.path.abspath(options.screenshot))
    problems = problems_of(report, page, log)
    for problem in problems:
        print(f"{report}: {problem}")
    print(f"render: {len(problems)} problem(s); screenshot: {options.screenshot}")
    return 1 if problems else 0


sys.exit(main())
