#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a repeatable test once for the same input: once.py --stamp FILE [--input PATH]… -- COMMAND…

The stamp holds the hash of the command and of every input (files, folders); it is written when the command succeeded
and spares the next run.  Only for commands whose outcome these inputs decide.
"""
import argparse
import hashlib
import os
import subprocess
import sys


def hash_of(paths, words):
    total = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        files = [path]
        if os.path.isdir(path):
            files = sorted(os.path.join(at, name) for at, _, names in os.walk(path) for name in names)
        for name in files:
            total.update(name.encode() + b"\0")
            with open(name, "rb") as file:
                total.update(hashlib.sha256(file.read()).digest())
    return total.hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stamp", required=True)
    parser.add_argument("--input", action="append", default=[])
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    current = hash_of(options.input, options.command)
    if os.path.exists(options.stamp):
        with open(options.stamp, encoding="ascii") as file:
            if file.read() == current:
                print("passed before with the same input")
                return 0
    status = subprocess.run(options.command, check=False).returncode
    if status == 0:
        os.makedirs(os.path.dirname(options.stamp), exist_ok=True)
        with open(options.stamp, "w", encoding="ascii") as file:
            file.write(current)
    return status


sys.exit(main())
