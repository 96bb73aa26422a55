#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""clang-format has nothing to change.  `clang-format -i` on what it names mends it."""
import shutil
import subprocess
import sys

from source import arguments, c_files, finish

SKIPPED = 77


def main():
    root = arguments(__doc__).root
    if shutil.which("clang-format") is None:
        print("skipped: clang-format is not installed (tests/setup.sh test)")
        sys.exit(SKIPPED)
    paths = c_files(root, "runner", "tests")
    problems = []
    for path in paths:
        done = subprocess.run(["clang-format", "--style=file", path], cwd=root, capture_output=True, check=False)
        if done.returncode != 0:  # version 14 dies on some tables: one row a line helps
            problems.append(f"{path}:1: clang-format fails ({done.returncode})")
            continue
        with open(f"{root}/{path}", "rb") as file:
            if file.read() != done.stdout:
                problems.append(f"{path}:1: not formatted")
    finish("format", problems, f"{len(paths)} files")


main()
