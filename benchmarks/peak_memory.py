#!/usr/bin/env python3
"""Runs a command and prints the most memory of its own that it had, in MiB.

  peak_memory.py COMMAND...

That is RssAnon of /proc/PID/status, looked up every 2 ms: pages of mapped files, which the system may
drop at any time, are not in it. What the command prints goes to stderr; its exit code is this one's.
"""
import pathlib
import subprocess
import sys
import time


def anonymous_kib(process):
    """0 once it has ended."""
    try:
        status = pathlib.Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines()
                 if line.startswith("RssAnon:")), 0)


def watch(command, **more):
    """Runs it. Returns the exit code, the peak in MiB, and the seconds it took."""
    begin = time.monotonic()
    peak = 0
    with subprocess.Popen(command, **more) as process:
        while process.poll() is None:
            peak = max(peak, anonymous_kib(process.pid))
            time.sleep(0.002)
    return process.returncode, peak / 1024, time.monotonic() - begin


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    code, highest, _ = watch(sys.argv[1:], stdout=sys.stderr)
    print(f"{highest:.0f}")
    sys.exit(code)
