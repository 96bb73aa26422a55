#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No file tells of the machine it was written on: no absolute folders of ours, no hosts of a private registry."""
import re

from source import arguments, finish, project_files, read

RULES = [
    (re.compile(r"(?<![\w.}\"'/-])/" + r"(?:work|root|home/\w+|Users/\w+)/"), "a folder of one machine"),
    (re.compile(r"(?<![\w.])/tmp/" + r"(?:build|bash_jobs|helper)"), "a folder of one machine"),
    (re.compile(r"://(?:[\w-]+\.)*(?:registry|mirrors?|prox(?:y|ies)|artifactory|nexus|pypi)\.(?:[\w-]+\.)*[\w-]+"),
     "the host of a registry or mirror"),
    (re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.(?:internal|corp|lan)\b(?!\.h)"), "a host of a private network"),
    (re.compile(r"\b(?:PIP_INDEX_URL|GOPROXY|NPM_CONFIG_REGISTRY|index-url)\b"), "the setting of a registry"),
]
# Inputs of the fuzzers may hold any bytes; this file and its test name what they look for.
FREE = ("tests/fuzz/corpus/", "tests/check/machine.py", "tests/check/selftest.py")


def main():
    root = arguments(__doc__).root
    problems, count = [], 0
    for path in project_files(root):
        if path.startswith(FREE):
            continue
        try:
            text = read(root, path)
        except UnicodeDecodeError:
            continue
        count += 1
        for number, line in enumerate(text.split("\n"), 1):
            problems += [f"{path}:{number}: {what}: {match.group(0).strip()}"
                         for rule, what in RULES for match in rule.finditer(line)]
    finish("machine", problems, f"{count} files")


main()
