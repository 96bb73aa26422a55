#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""clang-tidy over every file of compile_commands.json; a file that passed is not looked at again until it, a header of
ours that it includes, its flags or .clang-tidy change."""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from source import arguments, finish

SKIPPED = 77
INCLUDE = re.compile(rb'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', re.M)
# Flags of gcc that clang 14 does not know are no finding.
EXTRA = ["--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-error"]

# clang-tidy 14 takes these for unsafe among threads.  Since glibc 2.32 the text of strerror() belongs to its thread, and
# on Linux the signal mask does.
SAFE = re.compile(r": function is not thread safe .*\n.*\b(?:strerror|sigsuspend|sigprocmask)\(")


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def files_behind(root, path, seen):
    """The file and our headers that it includes, directly or not."""
    if path in seen:
        return
    seen.add(path)
    for name in INCLUDE.findall(bytes_of(path)):
        for folder in ("runner", "tests"):
            header = os.path.join(root, folder, name.decode())
            if os.path.exists(header):
                files_behind(root, header, seen)


def key_of(root, entry, tool):
    seen = set()
    files_behind(root, entry["file"], seen)
    seen |= {os.path.join(root, ".clang-tidy"), os.path.join(root, "runner/base/banned.h")}
    total = hashlib.sha256((tool + entry["command"] + "".join(EXTRA)).encode())
    for path in sorted(seen):
        total.update(path.encode() + hashlib.sha256(bytes_of(path)).digest())
    return total.hexdigest()


def look_at(options, entry, tool):
    stamp = os.path.join(options.build, "tidy", key_of(options.root, entry, tool))
    if os.path.exists(stamp):
        return None
    done = subprocess.run(["clang-tidy", "--quiet", "-p", options.build, *EXTRA, entry["file"]], cwd=options.root,
                          capture_output=True, text=True, check=False)
    if re.search(r"^(?:error: |Error )", done.stdout + done.stderr, re.M):
        return (done.stdout + done.stderr).strip()
    found = findings(options.root, done.stdout)
    if not found:
        with open(stamp, "w", encoding="ascii"):
            pass
    return found


def findings(root, report):
    """What is said of our files: a fake of a libc function is not inconsistent with the names in libc's header."""
    parts = re.split(r"^(?=/[^\n:]+:\d+:\d+: (?:warning|error): )", report, flags=re.M)
    return "".join(part for part in parts
                   if part.startswith(root + "/") and not SAFE.search(part)).strip()


def main():
    options = arguments(__doc__, ("--build", "the build folder, for compile_commands.json and the cache"))
    if shutil.which("clang-tidy") is None:
        print("skipped: clang-tidy is not installed (tests/setup.sh test)")
        sys.exit(SKIPPED)
    tool = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout
    with open(os.path.join(options.build, "compile_commands.json"), encoding="utf-8") as file:
        entries = [e for e in json.load(file) if os.path.exists(e["file"])]
    os.makedirs(os.path.join(options.build, "tidy"), exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda e: look_at(options, e, tool), entries))
    looked = sum(text is not None for text in found)
    finish("tidy", [text for text in found if text], f"{len(entries)} files, {looked} of them looked at now")


main()
