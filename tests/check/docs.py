#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the documents promise works: every plan validates, every fixture passes, every ```sh block of README.md runs.

The blocks run in order, in one scratch copy of the checkout, with the restorectl under test first on PATH.
```console blocks are not run.  A line that is the examples/quickstart.sh or tests/run.sh command alone is left out:
the one is a test of its own (examples.quickstart), the other is what runs this test.
"""
import os
import re
import shutil
import tempfile

from session import run_session
from source import arguments, c_files, finish, project_files, read

ELSEWHERE = re.compile(r"^\s*(?:\./)?(?:examples/quickstart\.sh|tests/run\.sh)\s*(?:#.*)?$", re.M)
SECONDS = 120


def blocks_of(text):
    """(line, commands) of each ```sh block."""
    return [(text.count("\n", 0, m.start()) + 1, m.group(1))
            for m in re.finditer(r"^```sh[ \t]*\n(.*?)^```[ \t]*$", text, re.M | re.S)]


def try_files(root, program, problems):
    files = c_files(root, "plans", "examples", endings=(".yaml",))
    for path in files:
        command = "test" if path.endswith("_test.yaml") else "validate"
        status, out, err = run_session([program, command, path], SECONDS, root, dict(os.environ))
        if status != 0:
            text = (out + err).decode(errors="replace").rstrip()
            problems.append(f"{path}:1: {command} exits with {status}:\n{text}")
    return len(files)


def run_blocks(root, program, problems):
    if not os.path.exists(os.path.join(root, "README.md")):
        return 0
    blocks = blocks_of(read(root, "README.md"))
    with tempfile.TemporaryDirectory() as scratch:
        for path in project_files(root):
            target = os.path.join(scratch, "copy", path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy(os.path.join(root, path), target)
        where = os.path.dirname(program) + os.pathsep + os.environ["PATH"]
        environment = {"PATH": where, "HOME": scratch, "LC_ALL": "C.UTF-8", "TERM": "dumb"}
        for line, commands in blocks:
            commands = ELSEWHERE.sub("", commands)
            status, out, err = run_session(["sh", "-eu", "-c", commands], SECONDS, os.path.join(scratch, "copy"),
                                           environment)
            if status != 0:
                text = (out + err).decode(errors="replace").rstrip()
                problems.append(f"README.md:{line}: this block exits with {status}:\n{text}")
    return len(blocks)


def main():
    options = arguments(__doc__, ("--program", "the restorectl to test"))
    program = os.path.abspath(options.program)
    problems = []
    files = try_files(options.root, program, problems)
    blocks = run_blocks(options.root, program, problems)
    finish("docs", problems, f"{files} plans and fixtures, {blocks} blocks of README.md")


main()
