# SPDX-License-Identifier: MIT
"""Runs a command with an end: bounded time, and nothing it started in the background outlives it."""
import os
import signal
import subprocess
import tempfile


def run_session(words, seconds, cwd, environment):
    """Exit status (None: killed at the deadline), bytes on stdout and on stderr."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(words, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                   start_new_session=True)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        out.seek(0)
        err.seek(0)
        return status, out.read(), err.read()
