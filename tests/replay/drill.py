#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A drill against a recording: serve it, run a plan that asks for what was recorded, compare what was sent.

Each recording is run plain and under the variants below; the comparer of the recordings judges the requests, this
script the exit code, and that the token is nowhere in what restorectl printed or kept.
"""
import argparse
import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
GROUP = "clitest.rg000001"
TOKEN = "canary-5f1d7c0b-bearer"
RUN_SECONDS = 90
# recording: vault, VM, staging account, group of the managed disks (None: unmanaged)
RECORDINGS = {
    "vm_disks_managed_2021": ("clitest-vault000003", "clitest-vm000004", "clitest000007", "clitest.rg000002"),
    "vm_disks_unmanaged_27min": ("clitest-vault000003", "clitest-vm000004", "clitest000007", None),
    "vm_disks_2017_minimal": ("clitest-vault000002", "clitest-vm000003", "clitest000004", None),
}
# variant: options of the server, copies of the VM, whether the run must succeed, options of the comparer
VARIANTS = {
    "plain": ([], 1, True, []),
    "fault-504": (["--fault", "504:every=5"], 1, True, []),
    "page-size-1": (["--page-size", "1"], 1, True, []),
    "sixty": ([], 60, True, []),
    # A27: URLs on another host are refused.  A restore that was accepted is followed through the vault's job list;
    # a list that cannot be read whole ends the run before anything is triggered.
    "foreign-poll": (["--foreign-host", "location+asyncop"], 1, True, []),
    "foreign-page": (["--foreign-host", "nextlink", "--page-size", "20"], 60, False, ["--expect-none"]),
}


def plan_of(recording, machines):
    vault, _, account, group = RECORDINGS[recording]
    lines = ["version: 1", f"name: {recording.replace('_', '-')}", "limits: { parallel: 60 }",
             "defaults: { poll: { interval: 200ms }, trigger: { quiet_window: 1s } }", "vaults:",
             f'  main: {{ subscription: "{SUBSCRIPTION}", resource_group: {GROUP}, name: {vault} }}', "items:"]
    lines += [f"  item-{i}: {{ vault: main, vm: {vm}, resource_group: {GROUP} }}" for i, vm in enumerate(machines)]
    lines += ["selection:", "  newest: { pick: latest }", "targets:",
              f"  staging: {{ storage_account: {account}, storage_resource_group: {GROUP}"
              + (f", resource_group: {group}" if group else "") + " }", "steps:",
              f"  disks: {{ kind: restore-disks, items: [{', '.join(f'item-{i}' for i in range(len(machines)))}], "
              "select: newest, target: staging }"]
    return "\n".join(lines) + "\n"


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: no server outlives this script


def start_server(tools, scratch, words):
    ready = os.path.join(scratch, "ready.json")
    server = subprocess.Popen([sys.executable, "-B", os.path.join(tools, "replay.py"), "--ready-file", ready,
                               "--log", os.path.join(scratch, "requests.jsonl"), "--retry-after", "0",
                               "--max-polls", "2", *words], stdout=subprocess.DEVNULL, preexec_fn=die_with_parent)
    for _ in range(400):
        if os.path.exists(ready):
            with open(ready, encoding="utf-8") as file:
                return server, json.load(file)["origin"]
        if server.poll() is not None:
            break
        time.sleep(0.05)
    server.kill()
    raise SystemExit("the replay server did not start")


def stop(server):
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def run_program(program, scratch, origin):
    """Exit code and what was printed."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": scratch, "LC_ALL": "C.UTF-8", "RESTORECTL_ACCESS_TOKEN": TOKEN}
    words = [program, "apply", os.path.join(scratch, "plan.yaml"), "--management", origin,
             "--state", os.path.join(scratch, "state")]
    try:
        done = subprocess.run(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=RUN_SECONDS, check=False)
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"").decode(errors="replace")
    return done.returncode, done.stdout.decode(errors="replace")


def files_with_token(folder):
    found = []
    for at, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(at, name), "rb") as file:
                if TOKEN.encode() in file.read():
                    found.append(name)
    return found


def compare(tools, scratch, cassette, words):
    """Problems the comparer of the recordings found, and the number of requests to a foreign host."""
    done = subprocess.run([sys.executable, "-B", os.path.join(tools, "compare.py"), "--json", "--log",
                           os.path.join(scratch, "requests.jsonl"), "--cassette", cassette, *words],
                          capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return [f"compare.py: {done.stdout}{done.stderr}"], 0
    return report["fell_short"], report["foreign_requests"]


def drill(shared, program, recording, variant):
    """What is wrong, as lines; nothing if all held."""
    tools = os.path.join(shared, "tools", "replay")
    options, copies, succeeds, words = VARIANTS[variant]
    machine = RECORDINGS[recording][1]
    cassette = os.path.join(shared, "azure", "recordings", recording + ".jsonl")
    machines = [machine]
    if copies > 1:
        cassette += f",{machine}=vm-{{i}}x,count={copies}"
        machines = [f"vm-{i}x" for i in range(copies)]
    with tempfile.TemporaryDirectory() as scratch:
        with open(os.path.join(scratch, "plan.yaml"), "w", encoding="utf-8") as file:
            file.write(plan_of(recording, machines))
        server, origin = start_server(tools, scratch, ["--cassette", cassette, *options])
        try:
            code, printed = run_program(program, scratch, origin)
        finally:
            stop(server)
        problems, foreign = compare(tools, scratch, cassette, words)
        if code is None:
            problems.append(f"restorectl did not end within {RUN_SECONDS} s")
        elif (code == 0) != succeeds or code < 0:
            problems.append(f"restorectl exits with {code}")
        if foreign:
            problems.append(f"{foreign} request(s) went to a foreign host")
        if TOKEN in printed:
            problems.append("the token was printed")
        problems += [f"the token is in {name}" for name in files_with_token(os.path.join(scratch, "state"))]
    return problems + ([printed.rstrip()] if problems else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("recording", nargs="?", choices=RECORDINGS)
    parser.add_argument("variant", nargs="?", choices=VARIANTS)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    failed = False
    for recording in [options.recording] if options.recording else RECORDINGS:
        for variant in [options.variant] if options.variant else VARIANTS:
            problems = drill(options.shared, os.path.abspath(options.program), recording, variant)
            print(f"{recording} {variant}: {'held' if not problems else 'FELL SHORT'}")
            print("".join(f"  {line}\n" for line in problems), end="")
            failed = failed or bool(problems)
    return 1 if failed else 0


sys.exit(main())
