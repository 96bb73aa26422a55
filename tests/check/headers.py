#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each header of runner/ compiles alone, with the flags the build uses for its room."""
import json
import os
import shlex
import subprocess
from concurrent.futures import ThreadPoolExecutor

from source import arguments, c_files, finish


def commands_of(root, build):
    """Room -> the compiler and flags of one of its files, without input and output; None holds those of any file."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    commands = {}
    for entry in entries:
        words = shlex.split(entry["command"])
        drop = {i for i, w in enumerate(words) if w in ("-c", "-o") or w == entry["file"]}
        drop |= {i + 1 for i in drop if words[i] == "-o"}
        command = [w for i, w in enumerate(words) if i not in drop]
        room = os.path.relpath(entry["file"], root).split("/")[1]
        commands.setdefault(room, command)
        commands.setdefault(None, command)
    return commands


def compile_alone(root, command, header):
    source = f'#include "{header[7:]}"\n'
    done = subprocess.run(command + ["-Werror", "-fsyntax-only", "-x", "c", "-"], input=source, text=True, cwd=root,
                          capture_output=True, check=False)
    return [] if done.returncode == 0 else [f"{header}:1: does not compile alone:\n{done.stderr.rstrip()}"]


def main():
    options = arguments(__doc__, ("--build", "the build folder, for compile_commands.json"))
    commands = commands_of(options.root, options.build)
    headers = c_files(options.root, "runner", endings=(".h",))
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda h: compile_alone(options.root, commands.get(h.split("/")[1], commands[None]), h), headers)
        problems = [problem for one in found for problem in one]
    finish("headers", problems, f"{len(headers)} headers")


main()
