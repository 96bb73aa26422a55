#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sizes of files, functions, parameter lists, nesting, switches, rooms and the README's tour; exceptions stand in tests/check/EXCEPTIONS."""
import os
import re

from source import Exceptions, arguments, c_files, finish, functions, read

SOURCE_LINES = 600
HEADER_LINES = 120
FUNCTION_LINES = 60
PARAMETERS = 5
NESTING = 3
ROOM_MODULES = 12
SWITCH_ARMS = 10  # an arm is one or several labels before the same statements
TOUR_LINES = 150
WORD = re.compile(r"\w+|\S")


class Body:
    """Walks the statements of a function: deepest nesting and the arms of each switch."""

    def __init__(self, text):
        self.tokens = WORD.findall(text)
        self.at = 0
        self.deepest = 0
        self.switches = []
        self.statement(0, None)

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def brackets(self):
        depth = 0
        while self.at < len(self.tokens):
            depth += (self.peek() in "([{") - (self.peek() in ")]}")
            self.at += 1
            if depth == 0:
                return

    def label(self):
        while self.at < len(self.tokens) and self.peek() not in (":", "?"):
            self.at += 1
        self.at += 1

    def block(self, depth, arms):
        self.at += 1
        after_label = False
        while self.at < len(self.tokens) and self.peek() != "}":
            is_label = self.peek() in ("case", "default")
            if is_label:
                if arms is not None and not after_label:
                    arms[0] += 1
                self.label()
            else:
                self.statement(depth, arms)
            after_label = is_label
        self.at += 1

    def nested(self, depth, arms=None):
        self.deepest = max(self.deepest, depth + 1)
        self.statement(depth + 1, arms)

    def statement(self, depth, arms):
        word = self.peek()
        if word == "{":
            self.block(depth, arms)
        elif word in ("for", "while", "switch", "if"):
            self.at += 1
            self.brackets()
            counted = [0] if word == "switch" else None
            self.nested(depth, counted)
            if counted:
                self.switches.append(counted[0])
            if word == "if" and self.peek() == "else":
                self.at += 1
                if self.peek() == "if":
                    self.statement(depth, None)
                else:
                    self.nested(depth)
        elif word == "do":
            self.at += 1
            self.nested(depth)
            self.simple()
        else:
            self.simple()

    def simple(self):
        while self.at < len(self.tokens) and self.peek() != ";":
            if self.peek() in ("(", "[", "{"):
                self.brackets()
            else:
                self.at += 1
        self.at += 1


def sizes_of_functions(path, text):
    """(place, line, what, size, limit) of each function in a file."""
    is_test = path.startswith("tests/")
    for function in functions(text):
        place = f"{path}:{function.name}"
        yield place, function.line, "lines", function.line_count, FUNCTION_LINES
        if is_test:
            continue
        body = Body(function.body)
        yield place, function.line, "parameters", len(function.parameters), PARAMETERS
        yield place, function.line, "nesting", body.deepest, NESTING
        yield place, function.line, "switch arms", max(body.switches, default=0), SWITCH_ARMS


def sizes_of(root):
    modules = {}
    for path in c_files(root, "runner", "tests"):
        text = read(root, path)
        yield path, 1, "lines", text.count("\n"), HEADER_LINES if path.endswith(".h") else SOURCE_LINES
        yield from sizes_of_functions(path, text)
        is_command = path.startswith("runner/cli/cmd_")  # one file for each command is the rule, so they do not count
        if path.startswith("runner/") and path.count("/") > 1 and not is_command:
            modules.setdefault(os.path.dirname(path), set()).add(os.path.basename(path)[:-2])
    for room, names in sorted(modules.items()):
        yield room, 1, "modules", len(names), ROOM_MODULES
    if os.path.exists(os.path.join(root, "README.md")):
        tour = re.search(r"^##[^\n]*\btour\b.*?(?=^## |\Z)", read(root, "README.md"), re.M | re.S | re.I)
        yield "README.md", 1, "tour lines", tour.group(0).count("\n") if tour else 0, TOUR_LINES


def main():
    root = arguments(__doc__).root
    exceptions = Exceptions(root, "sizes")
    problems, found = [], {}
    for place, line, what, size, limit in sizes_of(root):
        path, _, name = place.partition(":")
        found[place, what.replace(" ", "-")] = size
        allowed = exceptions.allowed(place, what.replace(" ", "-"), limit)
        if size > allowed:
            problems.append(f"{path}:{line}: {(name + ' has ' + str(size)) if name else size} {what}, {allowed} at most")
    finish("sizes", problems + exceptions.left_over(found), f"{len(found)} sizes")


main()
