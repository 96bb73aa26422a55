# SPDX-License-Identifier: MIT
"""What the checks share: the project's files, C text without comments and strings, functions, and how to say no."""
import argparse
import os
import re
import subprocess
import sys

TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.S)


def arguments(doc, *more):
    """--root DIR (default: this checkout) and the (name, help) options of the check."""
    parser = argparse.ArgumentParser(description=doc)
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(here)))
    for name, text in more:
        parser.add_argument(name, help=text, required=True)
    options = parser.parse_args()
    options.root = os.path.abspath(options.root)
    return options


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def c_files(root, *folders, endings=(".c", ".h")):
    """Paths below root, sorted."""
    found = []
    for folder in folders:
        for at, _, names in os.walk(os.path.join(root, folder)):
            found += [os.path.relpath(os.path.join(at, n), root) for n in names if n.endswith(endings)]
    return sorted(found)


def project_files(root):
    """What is in the repository or could be added to it; outside of git, everything but build folders."""
    try:
        listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
                                capture_output=True, check=True).stdout.decode().split("\0")
        return sorted(p for p in set(listed) if p and os.path.isfile(os.path.join(root, p)))
    except (OSError, subprocess.CalledProcessError):
        found = []
        for at, folders, names in os.walk(root):
            folders[:] = [f for f in folders if f not in (".git", "build", "__pycache__") and not f.startswith("build-")]
            found += [os.path.relpath(os.path.join(at, n), root) for n in names]
        return sorted(found)


def _blank(match):
    text = match.group(0)
    lines = "\n" * text.count("\n")
    return '""' if text[0] == '"' else "0" if text[0] == "'" else " " + lines


def code_of(text):
    """The text without comments; strings become "" and characters 0; line numbers stay."""
    return TOKEN.sub(_blank, text)


def without_directives(code):
    """Code with preprocessor lines blanked; line numbers stay."""
    return re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", lambda m: "\n" * m.group(0).count("\n"), code, flags=re.M | re.S)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def closing(code, at):
    """The offset after the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(code)):
        if code[i] in "([{":
            depth += 1
        elif code[i] in ")]}":
            depth -= 1
            if depth == 0:
                return i + 1
    return len(code)


class Function:
    """name, parameters (their texts), line of its head, line count (without its tables) and body (with braces)."""

    def __init__(self, code, head_at, brace_at):
        head = code[head_at:brace_at]
        opened = _last_group(head)
        self.name = re.search(r"(\w+)\s*$", head[:opened]).group(1)
        inner = head[opened + 1:head.rstrip().rfind(")")].strip()
        self.parameters = [] if inner in ("", "void") else split_list(inner)
        end = closing(code, brace_at)
        self.line = line_of(code, head_at + len(head) - len(head.lstrip()))
        self.body = code[brace_at:end]
        self.line_count = line_of(code, end - 1) - self.line + 1 - _table_lines(self.body)


def _table_lines(body):
    """The lines inside the braces of `= {…}`."""
    lines, at = 0, 0
    for match in re.finditer(r"=\s*\{", body):
        if match.start() >= at:
            at = closing(body, match.end() - 1)
            lines += body.count("\n", match.end(), at)
    return lines


def _last_group(head):
    depth = 0
    for i in range(len(head) - 1, -1, -1):
        depth += (head[i] == ")") - (head[i] == "(")
        if head[i] == "(" and depth == 0:
            return i
    return -1


def split_list(text):
    """Split at the commas outside of brackets."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return parts + [text[start:]]


def functions(text):
    """The functions defined in a C file, in order."""
    code = without_directives(code_of(text))
    found, head_at, i = [], 0, 0
    while i < len(code):
        if code[i] == ";":
            head_at = i + 1
        elif code[i] == "{":
            head = code[head_at:i]
            if head.rstrip().endswith(")") and "=" not in head and re.search(r"\w\s*\($", head[:_last_group(head) + 1]):
                found.append(Function(code, head_at, i))
                i = head_at = closing(code, i)
                continue
            i = closing(code, i)
            if not re.match(r"\s*[\w\[;,=*]", code[i:i + 80]):
                head_at = i
            continue
        i += 1
    return found


class Exceptions:
    """The lines of tests/check/EXCEPTIONS for one check; what is not needed any more is a problem too."""

    def __init__(self, root, check):
        self.rows = {}
        path = "tests/check/EXCEPTIONS"
        lines = read(root, path).splitlines() if os.path.exists(os.path.join(root, path)) else []
        for number, line in enumerate(lines, 1):
            words, _, why = line.partition("#")
            if not words.strip():
                continue
            name, place, what, size = words.split()
            if not why.strip():
                raise SystemExit(f"{path}:{number}: no reason is given")
            if name == check:
                self.rows[place, what] = (int(size), f"{path}:{number}")

    def allowed(self, place, what, limit):
        """The size this place may have; limit where there is no exception."""
        return self.rows.get((place, what), (limit, ""))[0]

    def left_over(self, sizes):
        """Problems: exceptions whose size is not reached; sizes: (place, what) -> what there is now."""
        return [f"{at}: {what} of {place} is {sizes.get((place, what), 0)} by now: lower or remove the line"
                for (place, what), (size, at) in sorted(self.rows.items()) if sizes.get((place, what), 0) < size]


def finish(name, problems, checked):
    """Print what was found; exit status 1 if there was anything."""
    for problem in problems:
        print(problem)
    print(f"{name}: {len(problems)} problem(s) in {checked}")
    sys.exit(1 if problems else 0)
