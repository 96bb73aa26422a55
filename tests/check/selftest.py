#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each check says no: a small sound project passes all of them, and each planted violation is found by its check."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(HERE))
SKIPPED = 77
LICENCE = "/* SPDX-License-Identifier: MIT */\n"

PAGE = "<!DOCTYPE html><html><head><title>A run</title></head><body><table><tr><td>1</table></body></html>\n"
SOUND = {
    "report.html": PAGE,
    "CMakeLists.txt": "room(base PkgConfig::CRYPTO)\nroom(data base)\ntarget_link_libraries(restorectl PRIVATE data)\n",
    "runner/LAYERS": "base : | openssl/evp.h\ndata : base |\nmain : data |\n",
    "runner/base/text.h": LICENCE + "#ifndef BASE_TEXT_H\n#define BASE_TEXT_H\n\n#include <stddef.h>\n\n"
                          "struct text {\n    const char *bytes;\n    size_t len;\n};\n\n"
                          "size_t text_len(const struct text *text);\n\n#endif\n",
    "runner/base/text.c": LICENCE + '#include "base/text.h"\n\n#include <openssl/evp.h>\n\n'
                          "size_t text_len(const struct text *text)\n{\n    return text->len;\n}\n",
    "runner/base/banned.h": LICENCE,
    "runner/data/tree.h": LICENCE + "#ifndef DATA_TREE_H\n#define DATA_TREE_H\n\n"
                          "enum tree_type {\n    TREE_LEAF,\n};\n\nint tree_depth(int a);\n\n#endif\n",
    "runner/data/tree.c": LICENCE + '#include "data/tree.h"\n\n#include "base/text.h"\n\n'
                          'static const char *const names[] = {"{ exit(1)", "}"};\n\n'
                          "int tree_depth(int a)\n{\n    struct text text = {names[0], 1}; /* getenv( */\n"
                          "    if (a > 0) {\n        while (a > 1) {\n            a -= (int)text_len(&text);\n"
                          "        }\n    }\n    return a;\n}\n",
    "runner/main.c": LICENCE + '#include "data/tree.h"\n\nint main(void)\n{\n    return tree_depth(TREE_LEAF);\n}\n',
    "tests/unit/data/test_tree.c": LICENCE + '#include <cmocka.h>\n\n#include "data/tree.h"\n\n'
                                   "int test_tree(void);\nint test_tree(void)\n{\n    return tree_depth(1);\n}\n",
    "plans/good.yaml": "version: 1\n",
    "README.md": "# A project\n\n## Source tour\n\nRead it.\n\n```sh\nrestorectl validate plans/good.yaml\ntests/run.sh\n```\n\n"
                 "```console\nno-such-command\n```\n",
}
TREE_C = "runner/data/tree.c"
TREE_H = "runner/data/tree.h"
EXCEPTIONS = "tests/check/EXCEPTIONS"


def added(path, text):
    """The sound file with text at its end."""
    return {path: SOUND[path] + text}


def function(name, body, parameters="int a"):
    return f"int {name}({parameters});\nint {name}({parameters})\n{{\n{body}    return a;\n}}\n"


def replaced(path, old, new):
    assert old in SOUND[path], (path, old)
    return {path: SOUND[path].replace(old, new)}


NESTED = "    if (a) {\n        for (;;) {\n            switch (a) {\n            case 1:\n" \
         "                while (a) {\n                }\n            }\n        }\n    }\n"
ELSE_IFS = "    if (a == 1) {\n        a = 2;\n" + \
           "".join(f"    }} else if (a == {i}) {{\n        a = 2;\n" for i in range(3, 9)) + "    }\n"
ARMS = "    switch (a) {\n" + "".join(f"    case {i}:\n        break;\n" for i in range(11)) + "    }\n"
LABELS = "    switch (a) {\n" + "".join(f"    case {i}:\n" for i in range(20)) + "        break;\n    }\n"

# check, what is planted, the words that its report must hold (None: it must still pass)
PLANTS = [
    ("layers", replaced("runner/base/text.c", '#include <openssl', '#include "data/tree.h"\n#include <openssl'), "may not include room 'data'"),
    ("layers", replaced(TREE_C, '#include "base', '#include <openssl/evp.h>\n#include "base'), "<openssl/evp.h> is not in the line of 'data'"),
    ("layers", replaced(TREE_C, '#include "base', '#include <sys/stat.h>\n#include "base'), None),
    ("layers", replaced(TREE_C, '#include "data/tree.h"\n', '#include <stdio.h>\n#include "data/tree.h"\n'), "first include is not its own header"),
    ("layers", replaced(TREE_C, '"base/text.h"', '"text.h"'), 'not written "room/file.h"'),
    ("layers", {"runner/data/text.c": LICENCE, "runner/data/text.h": LICENCE}, "the name is taken by runner/base/text.c"),
    ("layers", replaced("runner/main.c", '#include "data/tree.h"', '#include "base/text.h"'), "may not include room 'base'"),
    ("layers", replaced("runner/base/text.h", "#include <stddef.h>", '#include "base/loop.h"')
     | {"runner/base/loop.h": LICENCE + '#include "base/text.h"\nstruct loop {\n    struct text text;\n};\n'}, "includes itself"),
    ("layers", replaced("runner/main.c", "tree_depth(TREE_LEAF)", "0"), 'nothing of "data/tree.h" is used'),
    ("layers", replaced("runner/LAYERS", "data : base", "data :"), "room 'data' is "),
    ("layers", {"runner/more/x.c": LICENCE}, "its room has no line"),
    ("layers", replaced("CMakeLists.txt", "room(data base)", "room(data base net)"), "in CMakeLists.txt"),
    ("layers", {"tests/unit/base/test_text.c": LICENCE + '#include "data/tree.h"\nint x = TREE_LEAF;\n'}, "may not include room 'data'"),
    ("layers", {"tests/unit/data/test_text.c": LICENCE + '#include "beside.h"\n#include "unit/data/beside.h"\n', "tests/unit/data/beside.h": LICENCE}, None),
    ("layers", {"tests/unit/data/test_text.c": LICENCE + '#include "beside.h"\n'}, 'not written "room/file.h"'),
    ("banned", added(TREE_C, function("f", '    a = getenv("X") != 0;\n')), "getenv"),
    ("banned", {"runner/cli/x.c": LICENCE + function("f", '    a = getenv("X") != 0;\n')}, None),
    ("banned", added(TREE_C, function("f", "    exit(a);\n")), "exit"),
    ("banned", added(TREE_C, function("f", "    _exit(a);\n")), "_exit"),
    ("banned", added(TREE_C, function("f", "    abort();\n")), "abort"),
    ("banned", added(TREE_C, function("f", '    printf("x");\n')), "printf"),
    ("banned", added(TREE_C, function("f", '    fprintf(stderr, "x");\n')), "fprintf(stderr"),
    ("banned", added(TREE_C, function("f", '    puts("x");\n')), "puts"),
    ("banned", added(TREE_C, function("f", '    fputs("x", stderr);\n')), "only cli prints"),
    ("banned", added(TREE_C, function("f", "    sleep(1);\n")), "sleep"),
    ("banned", added("tests/unit/data/test_tree.c", function("f", "    usleep(1);\n")), "usleep"),
    ("banned", {"runner/cli/x.c": LICENCE + function("f", "    nanosleep(0, 0);\n")}, "nanosleep"),
    ("banned", added(TREE_C, function("f", "    a = (int)time(0);\n")), "time"),
    ("banned", added(TREE_C, function("f", "    gettimeofday(0, 0);\n")), "gettimeofday"),
    ("banned", added(TREE_C, function("f", "    clock_gettime(0, 0);\n")), "clock_gettime"),
    ("banned", added(TREE_C, function("f", "    run_time(a);\n")), None),
    ("banned", added(TREE_C, function("f", '    setlocale(LC_ALL, "");\n')), "setlocale(LC_ALL"),
    ("banned", added(TREE_C, function("f", '    cJSON_GetObjectItem(0, "x");\n')), "cJSON_GetObjectItem"),
    ("banned", added(TREE_C, function("f", '    cJSON_GetObjectItemCaseSensitive(0, "x");\n')), None),
    ("banned", added(TREE_C, function("f", "    a = item->valueint;\n")), "valueint"),
    ("banned", added(TREE_C, "#undef strcpy\n"), "#undef"),
    ("banned", added(TREE_C, function("f", "    goto end;\nend:\n")), "goto"),
    ("banned", added(TREE_H, "typedef struct text text;\n"), "typedef"),
    ("sizes", {"runner/data/x.c": LICENCE + "int x;\n" * 600}, "601 lines, 600 at most"),
    ("sizes", {"runner/data/x.h": LICENCE + "int x;\n" * 120}, "121 lines, 120 at most"),
    ("sizes", added(TREE_C, function("long_one", "    a++;\n" * 58).replace(";\n", ";\n\n", 1)), "long_one has 62 lines"),
    ("sizes", added(TREE_C, "static const int table[] = {\n" + "    1,\n" * 80 + "};\n"), None),
    ("sizes", added(TREE_C, function("f", "    static const int table[] = {\n" + "        1,\n" * 80 + "    };\n    a = table[a];\n")), None),
    ("sizes", added("tests/unit/data/test_tree.c", function("long_one", "    a++;\n" * 58)), "long_one has 62 lines"),
    ("sizes", added(TREE_C, function("f", "", "int a, int b, int (*c)(int, int), int d, int e, int f")), "f has 6 parameters"),
    ("sizes", added(TREE_C, function("f", "", "int a, int b, int (*c)(int, int), int d, int e")), None),
    ("sizes", added(TREE_C, function("f", NESTED)), "f has 4 nesting"),
    ("sizes", added("tests/unit/data/test_tree.c", function("f", NESTED)), None),
    ("sizes", added(TREE_C, function("f", ELSE_IFS)), None),
    ("sizes", added(TREE_C, function("f", ARMS)), "f has 11 switch arms"),
    ("sizes", added(TREE_C, function("f", LABELS)), None),
    ("sizes", {f"runner/data/x{i}.c": LICENCE for i in range(12)}, "13 modules, 12 at most"),
    ("sizes", {f"runner/cli/cmd_x{i}.c": LICENCE for i in range(20)}, None),
    ("sizes", {"README.md": "## Source tour\n" + "text\n" * 150}, "151 tour lines"),
    ("sizes", added(TREE_C, function("f", NESTED)) | {EXCEPTIONS: f"sizes {TREE_C}:f nesting 4 # why\n"}, None),
    ("sizes", added(TREE_C, function("f", NESTED)) | {EXCEPTIONS: f"sizes {TREE_C}:f nesting 5 # why\n"}, "lower or remove the line"),
    ("sizes", {EXCEPTIONS: f"sizes {TREE_C}:f nesting 4 # why\n"}, "lower or remove the line"),
    ("sizes", {EXCEPTIONS: f"sizes {TREE_C}:f nesting 4\n"}, "no reason is given"),
    ("banned", added(TREE_C, function("f", "    sleep(1);\n")) | {EXCEPTIONS: f"banned {TREE_C} sleep 1 # why\n"}, None),
    ("banned", added(TREE_C, function("f", "    sleep(1);\n" * 2)) | {EXCEPTIONS: f"banned {TREE_C} sleep 1 # why\n"}, "sleep"),
    ("banned", {EXCEPTIONS: f"banned {TREE_C} sleep 1 # why\n"}, "lower or remove the line"),
    ("headers", replaced("runner/base/text.h", "#include <stddef.h>\n", ""), "text.h:1: does not compile alone"),
    ("format", replaced(TREE_C, "    return a;", "   return a;"), "tree.c:1: not formatted"),
    ("tidy", added(TREE_C, "int div_by(int a);\nint div_by(int a)\n{\n    int *p = 0;\n    return a + *p;\n}\n"), "clang-analyzer-core.NullDereference"),
    ("tidy", added(TREE_C, "#include <string.h>\nchar *why(int a);\nchar *why(int a)\n{\n    return strerror(a);\n}\n"), None),
    ("tidy", added(TREE_C, "#include <locale.h>\nchar *why(void);\nchar *why(void)\n{\n    return setlocale(LC_CTYPE, 0);\n}\n"), "concurrency-mt-unsafe"),
    ("machine", {"notes.txt": "see /" + "work/main\n"}, "a folder of one machine"),
    ("machine", {"notes.txt": "see /" + "home/anna/x\n"}, "a folder of one machine"),
    ("machine", {"notes.txt": "https://registry." + "example.net/simple\n"}, "the host of a registry"),
    ("machine", {"notes.txt": "apt.site." + "internal\n"}, "a host of a private network"),
    ("render", {"report.html": PAGE.replace("<table>", "<script>none()</script><table>")}, "none is not defined"),
    ("render", {"report.html": PAGE.replace("<table>", "<img src=//x.example/a.png><table>")}, "loads something from elsewhere"),
    ("render", {"report.html": PAGE.replace("A run", "")}, "has no title"),
    ("docs", {"plans/bad.yaml": "version: 2\n"}, "bad.yaml:1: validate exits with 65"),
    ("docs", {"examples/bad_test.yaml": "version: 2\n"}, "bad_test.yaml:1: test exits with 65"),
    ("docs", {"README.md": "# A\n\n```sh\nrestorectl validate plans/none.yaml\n```\n"}, "README.md:3: this block exits with 65"),
]
PROGRAM = "#!/bin/sh\ngrep -q '^version: 1$' \"$2\" || { echo no >&2; exit 65; }\n"
CASES = [
    ({"cmd": "echo one; echo two >&2; exit 3\n", "out": "one\n", "err": "t<<<[a-z]+>>>\n", "code": "3\n"}, True),
    ({"cmd": "restorectl validate plan.yaml\n", "plan.yaml": "version: 1\n"}, True),
    ({"cmd": "sleep 300 &\n"}, True),
    ({"cmd": "echo one\n"}, False),
    ({"cmd": "echo one\n", "out": "two\n"}, False),
    ({"cmd": "echo one\n", "out": "o<<<[0-9]+>>>\n"}, False),
    ({"cmd": "echo one >&2\n"}, False),
    ({"cmd": "exit 1\n"}, False),
    ({"cmd": "echo one\n", "out": "one\none\n"}, False),
]


def write(root, files):
    for path, text in files.items():
        path = os.path.join(root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def commands_of(root, build):
    os.makedirs(build, exist_ok=True)
    entries = [{"directory": root, "file": f"{root}/{path}", "command": f"cc -I{root}/runner -o x.o -c {root}/{path}"}
               for path in ("runner/base/text.c", TREE_C)]
    write(build, {"compile_commands.json": json.dumps(entries)})


def run_check(root, check):
    """Exit status and report of a check over root."""
    words = [sys.executable, "-B", os.path.join(HERE, check + ".py"), "--root", root]
    if check in ("headers", "tidy"):
        words += ["--build", os.path.join(root, "build")]
        commands_of(root, os.path.join(root, "build"))
    if check == "render":
        words = words[:3] + ["--report", os.path.join(root, "report.html"), "--screenshot", os.path.join(root, "x.png")]
    if check == "docs":
        words += ["--program", os.path.join(root, "build", "restorectl")]
        write(root, {"build/restorectl": PROGRAM})
        os.chmod(os.path.join(root, "build", "restorectl"), 0o755)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def plant(check, files):
    with tempfile.TemporaryDirectory() as root:
        write(root, SOUND | files)
        for name in (".clang-format", ".clang-tidy"):
            shutil.copy(os.path.join(CHECKOUT, name), root)
        return run_check(root, check)


def run_case(files, *options):
    with tempfile.TemporaryDirectory() as root:
        write(root, {f"case/{name}": text for name, text in files.items()} | {"bin/restorectl": PROGRAM})
        os.chmod(os.path.join(root, "bin/restorectl"), 0o755)
        words = [sys.executable, "-B", os.path.join(HERE, "../cli/run.py"), *options, "--program", f"{root}/bin/restorectl"]
        status = subprocess.run(words + [f"{root}/case"], capture_output=True, check=False).returncode
        after = {}
        for name in os.listdir(f"{root}/case"):
            with open(f"{root}/case/{name}", encoding="utf-8") as file:
                after[name] = file.read()
        return status, after


def golden_cases(problems):
    for files, passes in CASES:
        if (run_case(files)[0] == 0) != passes:
            problems.append(f"cli/run.py: wrong about {files}")
    _, after = run_case({"cmd": "echo 12 a; echo b; exit 2\n", "out": "<<<\\d+>>> a\nc\n", "err": "old\n"}, "--bless")
    if after != {"cmd": "echo 12 a; echo b; exit 2\n", "out": "<<<\\d+>>> a\nb\n", "code": "2\n"}:
        problems.append(f"cli/run.py --bless leaves {after}")


def main():
    problems, skipped = [], set()
    for check in sorted({name for name, _, _ in PLANTS}):
        status, report = plant(check, {})
        if status == SKIPPED:
            skipped.add(check)
        elif status != 0:
            problems.append(f"{check} refuses the sound project ({status}):\n{report}")
    for check, files, words in PLANTS:
        if check in skipped:
            continue
        status, report = plant(check, files)
        if words is None and status != 0:
            problems.append(f"{check} refuses what is right, {list(files)}:\n{report}")
        if words is not None and (status != 1 or words not in report):
            problems.append(f"{check} does not say '{words}' ({status}) of {list(files)}:\n{report}")
    golden_cases(problems)
    for check in sorted(skipped):
        print(f"skipped: {check}: its tool is not installed")
    for problem in problems:
        print(problem)
    print(f"selftest: {len(problems)} problem(s) in {len(PLANTS)} plants and {len(CASES) + 1} golden cases")
    sys.exit(1 if problems else 0)


main()
