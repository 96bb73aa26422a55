#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Golden test of the command line: run.py --program RESTORECTL [--bless] CASE…

A case is a folder: `cmd` (shell, run in a scratch copy of the folder), `out` and `err` (what must be printed; missing:
nothing), `code` (exit status; missing: 0), and whatever else the command reads.  The environment holds only PATH (the
program under test first), HOME (the scratch folder) and LC_ALL=C.UTF-8.  `<<<regex>>>` in a line of `out` or `err`
matches what changes from run to run.  What the command leaves in the background is killed.  --bless writes out, err and code anew and keeps lines with holes that still match.
"""
import argparse
import difflib
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../check"))
from session import run_session

EXPECTED = ("cmd", "out", "err", "code")
HOLE = re.compile(r"<<<(.*?)>>>")
SECONDS = 50


def read(path, missing=""):
    if not os.path.exists(path):
        return missing
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()


def matches(expected, line):
    if not HOLE.search(expected):
        return expected == line
    parts = HOLE.split(expected)
    pattern = "".join(f"(?:{part})" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    return re.fullmatch(pattern, line, re.S) is not None


def merged(expected, got):
    """The lines got, each replaced by the next expected line with holes that matches it."""
    expected, result = list(expected), []
    for line in got:
        at = next((i for i, old in enumerate(expected) if HOLE.search(old) and matches(old, line)), None)
        if at is None:
            result.append(line)
        else:
            result.append(expected[at])
            del expected[:at + 1]
    return result


def run(case, program):
    with tempfile.TemporaryDirectory() as scratch:
        copy = os.path.join(scratch, "case")
        shutil.copytree(case, copy, ignore=lambda at, names: EXPECTED if at == case else ())
        environment = {"PATH": os.path.dirname(program) + ":/usr/bin:/bin", "HOME": scratch, "LC_ALL": "C.UTF-8"}
        status, out, err = run_session(["sh", "-c", read(os.path.join(case, "cmd"))], SECONDS, copy, environment)
    text = {name: data.decode("utf-8", "surrogateescape") for name, data in (("out", out), ("err", err))}
    text["code"] = f"{status}\n" if status is not None else f"killed after {SECONDS} s\n"
    return text


def bless(case, got):
    for name, nothing in (("out", ""), ("err", ""), ("code", "0\n")):
        path = os.path.join(case, name)
        text = "".join(merged(read(path).splitlines(True), got[name].splitlines(True)))
        if text == nothing:
            if os.path.exists(path):
                os.remove(path)
            continue
        with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)


def differences(case, got):
    found = []
    for name, nothing in (("out", ""), ("err", ""), ("code", "0\n")):
        expected = read(os.path.join(case, name), nothing).splitlines(True)
        lines = got[name].splitlines(True)
        if len(expected) != len(lines) or not all(map(matches, expected, lines)):
            found += difflib.unified_diff(expected, merged(expected, lines), f"expected {name}", f"got {name}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--bless", action="store_true")
    parser.add_argument("case", nargs="+")
    options = parser.parse_args()
    failed = 0
    for case in map(os.path.abspath, options.case):
        got = run(case, os.path.abspath(options.program))
        if options.bless:
            bless(case, got)
            continue
        found = differences(case, got)
        if found:
            failed += 1
            print(f"{case}: other than expected (run.py --bless writes it anew)")
            sys.stdout.buffer.write("".join(found).encode("utf-8", "surrogateescape"))
    return 1 if failed else 0


sys.exit(main())
