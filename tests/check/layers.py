#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The room table runner/LAYERS against every #include and against CMakeLists.txt.

Also: own header first, one name per file, no cycles between headers, no unused includes of our own headers.
"""
import os
import re

from source import arguments, c_files, code_of, finish, line_of, read

# The C library and POSIX are free for every room.
FREE = set("""assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg
stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string strings tgmath threads time uchar wchar wctype
dirent dlfcn fcntl fnmatch glob grp langinfo libgen netdb poll pthread pwd regex sched semaphore spawn syslog termios
unistd utime wordexp arpa/inet net/if netinet/in netinet/tcp sys/file sys/ioctl sys/mman sys/random sys/resource
sys/select sys/socket sys/stat sys/statvfs sys/time sys/types sys/uio sys/un sys/utsname sys/wait""".split())
# Beside the rooms of their line: what a unit test may include.
TEST_FOREIGN = {"cmocka.h", "sys/syscall.h"}
# And what a bench may, to measure beside it.
BENCH_FOREIGN = {"yaml.h"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)


class Table:
    """runner/LAYERS: room -> rooms and foreign headers it may include."""

    def __init__(self, root):
        self.rooms, self.foreign = {}, {}
        for line in read(root, "runner/LAYERS").splitlines():
            line = line.split("#")[0].strip()
            if line:
                room, rest = (part.strip() for part in line.split(":", 1))
                rooms, _, foreign = rest.partition("|")
                self.rooms[room] = rooms.split()
                self.foreign[room] = foreign.split()

    def allows(self, room, header):
        return any(header == f or (f.endswith("/") and header.startswith(f)) for f in self.foreign[room])


def includes_of(text):
    """(line, is ours, path) of each #include, comments left out."""
    blank = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
    text = blank.sub(lambda m: " " + "\n" * m.group(0).count("\n"), text)
    return [(line_of(text, m.start(1)), m.group(1) == '"', m.group(2)) for m in INCLUDE.finditer(text)]


def room_of(path):
    """runner/data/x.c and tests/unit/data/x.c are of room data; runner/main.c is of main."""
    parts = path.split("/")
    if parts[0] == "runner":
        return parts[1] if len(parts) > 2 else "main"
    return parts[2] if parts[1] == "unit" else None


def names_of(header_text):
    """What a header declares: macros, tags, enumerators, functions, types and variables."""
    text = code_of(header_text)
    names = set(re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", text, re.M))
    text = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", "", text, flags=re.M | re.S)
    names |= set(re.findall(r"\b(?:struct|union|enum)\s+(\w+)\s*[{;]", text))
    for body in re.findall(r"\benum\b[^{;()]*\{([^}]*)\}", text):
        names |= set(re.findall(r"(?:^|,)\s*(\w+)", body))
    names |= set(re.findall(r"\b(\w+)\s*\((?!\()", text))
    names |= set(re.findall(r"\b(\w+)\s*(?:\[[^\]]*\]\s*)*;", re.sub(r"\{[^{}]*\}", "", text)))
    return names - {"__attribute__", "format", "cleanup", "sizeof"}


def is_beside(root, path, name):
    """A header of the tests: in the same folder, or named from tests/."""
    folders = (os.path.dirname(path), "tests")
    return any(os.path.exists(os.path.join(root, folder, name)) for folder in folders)


def check_includes(root, table, path, headers, problems):
    text = read(root, path)
    room = room_of(path)
    is_test = path.startswith("tests/")
    words = set(re.findall(r"\w+", re.sub(r"^[ \t]*#[ \t]*include.*", "", code_of(text), flags=re.M)))
    found = includes_of(text)
    own = "runner/" + room + "/" + os.path.basename(path)[:-1] + "h" if room and not is_test else None
    if path.endswith(".c") and own in headers and (not found or "runner/" + found[0][2] != own):
        problems.append(f'{path}:1: the first include is not its own header "{own[7:]}"')
    tested = f"runner/{room}/" + os.path.basename(path)[5:-1] + "h"
    for line, is_ours, name in found:
        at = f"{path}:{line}"
        if not is_ours:
            is_free = name[:-2] in FREE or (is_test and name in TEST_FOREIGN)
            if not is_free and not (path.startswith("tests/bench/") and name in BENCH_FOREIGN):
                if room not in table.foreign or not table.allows(room, name):
                    problems.append(f"{at}: <{name}> is not in the line of '{room}' in runner/LAYERS")
            continue
        if is_test and is_beside(root, path, name):
            continue
        if "runner/" + name not in headers:
            problems.append(f'{at}: "{name}" is not written "room/file.h", or is not there')
            continue
        other = name.split("/")[0]
        if room and other != room and other not in table.rooms.get(room, []):
            problems.append(f"{at}: room '{room}' may not include room '{other}'")
        if "runner/" + name not in (own, tested) and not headers[f"runner/{name}"] & words:
            problems.append(f'{at}: nothing of "{name}" is used')


def check_cycles(root, headers, problems):
    below = {h: ["runner/" + n for _, ours, n in includes_of(read(root, h)) if ours] for h in headers}
    done = set()

    def walk(header, trail):
        if header in trail:
            problems.append(f"{header}:1: includes itself: " + " -> ".join(trail[trail.index(header):] + [header]))
        elif header not in done:
            for other in below.get(header, []):
                walk(other, trail + [header])
            done.add(header)

    for header in headers:
        walk(header, [])


def check_rooms(root, table, problems):
    cmake = re.sub(r"#.*", "", read(root, "CMakeLists.txt"))
    linked = {}
    for name, rest in re.findall(r"^room\((\w+)([^)]*)\)", cmake, re.M):
        linked[name] = [word for word in rest.split() if "::" not in word]
    main = re.search(r"target_link_libraries\(restorectl PRIVATE ([^)]*)\)", cmake)
    if main:
        linked["main"] = main.group(1).split()
    for room in sorted(set(linked) | set(table.rooms)):
        if sorted(linked.get(room, ["(none)"])) != sorted(table.rooms.get(room, ["(none)"])):
            problems.append(f"runner/LAYERS:1: room '{room}' is {' '.join(table.rooms.get(room, ['missing']))} here, "
                            f"{' '.join(linked.get(room, ['missing']))} in CMakeLists.txt")
    for path in c_files(root, "runner"):
        if room_of(path) not in table.rooms:
            problems.append(f"{path}:1: its room has no line in runner/LAYERS")


def check_unique(paths, problems):
    seen = {}
    for path in paths:
        other = seen.setdefault(os.path.basename(path), path)
        if other != path:
            problems.append(f"{path}:1: the name is taken by {other}")


def main():
    root = arguments(__doc__).root
    table = Table(root)
    runner = c_files(root, "runner")
    headers = {path: names_of(read(root, path)) for path in runner if path.endswith(".h")}
    problems = []
    check_rooms(root, table, problems)
    check_unique(runner, problems)
    check_cycles(root, headers, problems)
    paths = runner + c_files(root, "tests")
    for path in paths:
        if room_of(path) in table.rooms or path.startswith("tests/"):
            check_includes(root, table, path, headers, problems)
    finish("layers", problems, f"{len(paths)} files, {len(table.rooms)} rooms")


main()
