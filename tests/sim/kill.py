#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Kills the runner at many moments: kill.py --program RESTORECTL

A simulator serves a small world over real HTTP; each round applies a plan of two VMs of its own and ends the runner by
SIGKILL, SIGINT or SIGTERM, after a time or once a record of some type is in the journal (P01, P02, P04, P06).  After each:
the journal's chain is whole but for a torn tail, `report` reads it and says that the run did not finish, every restore
that Azure was asked for has its intent in the journal (N3), and no VM was restored twice.
"""
import argparse
import ctypes
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
KILL_SECONDS = [0.004 * i for i in range(1, 16)] + [0.1, 0.2, 0.4, 0.8, 1.6]
KILL_RECORDS = ["run.started", "vault.read", "step.planned", "trigger.intent", "trigger.result", "step.keep", "job.progress"]
ASKS = [(signal.SIGINT, "trigger.intent"), (signal.SIGINT, "job.progress"), (signal.SIGTERM, "job.progress")]
RUN_SECONDS = 30
INTERRUPTED = 75


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def start_simulator(program, scratch, count):
    items = ", ".join(f"{{vm: vm{i}, resource_group: prod}}" for i in range(count))
    write(os.path.join(scratch, "world.yaml"),
          "job_duration: 2s\noperation_duration: 50ms\nretry_after: 0s\nvaults:\n  main:\n"
          f"    subscription: {SUBSCRIPTION}\n    resource_group: backup\n    name: shop-vault\n"
          f"    region: westeurope\n    items: [{items}]\n")
    ready = os.path.join(scratch, "ready.json")
    server = subprocess.Popen([program, "simulate", "--world", os.path.join(scratch, "world.yaml"), "--ready-file", ready,
                               "--request-log", os.path.join(scratch, "requests.jsonl")],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent)
    for _ in range(200):
        if os.path.exists(ready):
            with open(ready, encoding="utf-8") as file:
                return server, json.load(file)["origin"]
        time.sleep(0.05)
    server.kill()
    raise SystemExit("the simulator did not start")


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 & -(crc & 1))
    return crc ^ 0xFFFFFFFF


def read_journal(path):
    """The whole records, and what is wrong with the chain."""
    with open(path, "rb") as file:
        lines = file.read().split(b"\n")
    records, wrong, before = [], [], "0" * 64
    for line in lines[:-1]:  # what follows the last line end is a torn tail
        record = json.loads(line)
        body = line[:line.rindex(b',"crc":')]
        if record["prev"] != before or record["seq"] != len(records) + 1:
            wrong.append(f"line {len(records) + 1} does not follow the one before")
        if int(record["crc"], 16) != crc32c(body):
            wrong.append(f"line {len(records) + 1} has another checksum")
        before = hashlib.sha256(line).hexdigest()
        records.append(record)
    return records, wrong


class Round:
    def __init__(self, program, scratch, origin, number):
        self.program, self.scratch = program, scratch
        self.machines = [f"vm{2 * number}", f"vm{2 * number + 1}"]
        self.state = os.path.join(scratch, f"state-{number}")
        self.talk = os.path.join(scratch, f"talk-{number}")
        plan = os.path.join(scratch, f"plan-{number}.yaml")
        items = ", ".join(f"{name}: {{vm: {name}}}" for name in self.machines)
        write(plan, "version: 1\nname: kill\n"
                    f"vaults: {{main: {{subscription: {SUBSCRIPTION}, resource_group: backup, name: shop-vault}}}}\n"
                    f"items: {{{items}}}\nselection: {{newest: {{}}}}\n"
                    "targets: {lab: {resource_group: lab, storage_account: drillstaging}}\n"
                    "defaults: {poll: {interval: 20ms}}\n"
                    f"steps: {{disks: {{kind: restore-disks, items: [{', '.join(self.machines)}]}}}}\n")
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": scratch, "LC_ALL": "C.UTF-8", "RESTORECTL_ACCESS_TOKEN": "x"}
        with open(self.talk, "wb") as talk:
            self.runner = subprocess.Popen([program, "apply", plan, "--management", origin, "--state", self.state],
                                           env=self.environment, stdin=subprocess.DEVNULL, stdout=talk, stderr=talk,
                                           preexec_fn=die_with_parent)

    def journal(self):
        runs = os.path.join(self.state, "runs")
        names = os.listdir(runs) if os.path.isdir(runs) else []
        path = os.path.join(runs, names[0], "journal.ndjson") if names else None
        return path if path is not None and os.path.exists(path) else None

    def wait_for(self, record):
        mark, end = f'"type":"{record}"'.encode(), time.monotonic() + RUN_SECONDS
        while time.monotonic() < end and self.runner.poll() is None:
            path = self.journal()
            if path is not None:
                with open(path, "rb") as file:
                    if mark in file.read():
                        return
            time.sleep(0.001)
        self.runner.kill()
        raise SystemExit(f"no record {record} was written")

    def end_by(self, number):
        self.runner.send_signal(number)
        try:
            return self.runner.wait(RUN_SECONDS)
        except subprocess.TimeoutExpired:
            self.runner.kill()
            self.runner.wait()
            return None

    def asked_for(self):
        """Ids of the requests to start a restore of this round's VMs that reached Azure."""
        with open(os.path.join(self.scratch, "requests.jsonl"), encoding="utf-8") as file:
            requests = [json.loads(line) for line in file.read().split("\n")[:-1]]
        return {name: [one["client_request_id"] for one in requests
                       if one["method"] == "POST" and one["path"].endswith("/restore") and f"%3B{name}/" in one["path"]]
                for name in self.machines}

    def problems(self, must_say):
        """must_say: what the report has to say."""
        path = self.journal()
        asked = self.asked_for()
        if path is None or os.path.getsize(path) == 0:
            return [f"{ids} left without a journal" for ids in asked.values() if ids]
        records, wrong = read_journal(path)
        intents = {record["request_id"] for record in records if record["type"] == "trigger.intent"}
        for name, ids in asked.items():
            if len(ids) > 1:
                wrong.append(f"{name} was restored {len(ids)} times")
            wrong += [f"{name} was restored by {one}, which is no intent" for one in ids if one not in intents]
        if not records:
            return wrong
        report = subprocess.run([self.program, "report", "--state", self.state], env=self.environment,
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
        if report.returncode != 0:
            wrong.append(f"report ended with {report.returncode}: {report.stderr}")
        for words in must_say:
            if len(records) > 1 and words not in report.stdout:
                wrong.append(f"report does not say '{words}': {report.stdout}")
        return wrong


def kills():
    """(name, what to wait for: seconds or a record)"""
    return [(f"after {seconds:.3f} s", seconds) for seconds in KILL_SECONDS] + [(f"at {name}", name) for name in KILL_RECORDS]


def jobs_of(path):
    records, _ = read_journal(path)
    return [record["keep"]["job"] for record in records if record["type"] == "step.keep" and "job" in record["keep"]]


def kill(trial, when):
    if isinstance(when, str):
        trial.wait_for(when)
    else:
        time.sleep(when)
    if trial.end_by(signal.SIGKILL) != -signal.SIGKILL:
        return ["it had ended before it was killed"]
    return trial.problems(["did not finish"])


def ask(trial, number, record):
    trial.wait_for(record)
    code = trial.end_by(number)
    with open(trial.talk, encoding="utf-8") as file:
        talk = file.read()
    wrong = trial.problems(["interrupted", *jobs_of(trial.journal())])
    if code != INTERRUPTED:
        wrong.append(f"it ended with {code}: {talk}")
    records, _ = read_journal(trial.journal())
    answered = {one["request_id"] for one in records if one["type"] == "trigger.result"}
    wrong += [f"intent {one['request_id']} has no result" for one in records
              if one["type"] == "trigger.intent" and one["request_id"] not in answered]
    if record == "job.progress" and not any(trial.asked_for().values()):
        wrong.append("no restore was seen in the simulator's log")
    if record == "job.progress" and "whose end was not seen" not in talk:
        wrong.append(f"it does not say what goes on in Azure: {talk}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    program = os.path.abspath(parser.parse_args().program)
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        server, origin = start_simulator(program, scratch, 2 * (len(kills()) + len(ASKS)))
        try:
            for number, (name, when) in enumerate(kills()):
                wrong = kill(Round(program, scratch, origin, number), when)
                failed += bool(wrong)
                print(f"SIGKILL {name}: {'; '.join(wrong) or 'ok'}", flush=True)
            for number, (which, record) in enumerate(ASKS, len(kills())):
                wrong = ask(Round(program, scratch, origin, number), which, record)
                failed += bool(wrong)
                print(f"{which.name} at {record}: {'; '.join(wrong) or 'ok'}", flush=True)
        finally:
            server.terminate()
            server.wait(10)
    return 1 if failed else 0


sys.exit(main())
