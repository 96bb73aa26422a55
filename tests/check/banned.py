#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Calls that runner/base/banned.h cannot catch: right in one place, wrong in all others; exceptions stand in tests/check/EXCEPTIONS."""
import re

from source import Exceptions, arguments, c_files, code_of, finish, line_of, read

CLI = "runner/cli/"
ABORTS = ("runner/base/error.c", "runner/base/mem.c")  # BUG() and out of memory say so and abort
# (what, where it is looked for, where it is right, what to do instead)
RULES = [
    (r"\b(?:secure_)?getenv\s*\(", "runner/", (CLI,), "the environment is read by cli alone and passed down"),
    (r"\b(?:_?exit|_Exit|quick_exit)\s*\(", "runner/", (CLI,), "return an error"),
    (r"\babort\s*\(", "runner/", ABORTS, "BUG(...) says where"),
    (r"\b(?:printf|puts|putchar|perror|vprintf)\s*\(", "runner/", (CLI,), "only cli prints"),
    (r"\bv?fprintf\s*\(\s*std(?:err|out)\b|\bfputs\s*\([^;]*,\s*std(?:err|out)\s*\)", "runner/", (CLI,) + ABORTS,
     "only cli prints; return an error or log"),
    (r"\b(?:sleep|usleep|nanosleep|clock_nanosleep)\s*\(", "", (), "only net_wait() waits; tests turn the clock"),
    (r"\btime\s*\(|\bgettimeofday\s*\(|\bclock_gettime\s*\(|\btimespec_get\s*\(", "runner/", ("runner/base/clock.c",),
     "the clock is a parameter (base/clock.h)"),
    (r"\bsetlocale\s*\(\s*LC_(?:ALL|NUMERIC)\b", "", (), "numbers do not depend on the locale"),
    (r"\bcJSON_(?:GetObjectItem|HasObjectItem)\s*\(", "runner/", (), "case counts: cJSON_GetObjectItemCaseSensitive()"),
    (r"(?:->|\.)\s*valueint\b", "runner/", (), "valueint is bent to int: take valuedouble with a range check"),
    (r"^[ \t]*#[ \t]*undef\b", "runner/", ("runner/base/mem.c", "runner/base/number.c", "runner/base/banned.h"),
     "a banned call is not taken back"),
    (r"\bgoto\b", "runner/", (), "AUTO and TRY free what is local"),
    (r"^[ \t]*typedef\s+struct\b", "", (), "no typedef of structs"),
]


def main():
    root = arguments(__doc__).root
    exceptions = Exceptions(root, "banned")
    problems, found = [], {}
    paths = c_files(root, "runner", "tests")
    rules = [(re.compile(pattern, re.M), under, right, instead) for pattern, under, right, instead in RULES]
    for path in paths:
        code = code_of(read(root, path))
        for pattern, under, right, instead in rules:
            if not path.startswith(under) or path.startswith(right or ("-",)):
                continue
            for match in pattern.finditer(code):
                what = re.sub(r"\s+", "", match.group(0)).rstrip("(")
                found[path, what] = found.get((path, what), 0) + 1
                if found[path, what] > exceptions.allowed(path, what, 0):
                    problems.append(f"{path}:{line_of(code, match.start())}: {what}: {instead}")
    finish("banned", problems + exceptions.left_over(found), f"{len(paths)} files")


main()
