"""Reads the events of a run from a file and says what is wrong with them.

events.py FILE EXIT_CODE
"""

import json
import sys

path, exit_code = sys.argv[1], int(sys.argv[2])
with open(path, encoding="ascii") as file:
    events = [json.loads(line) for line in file]
assert list(events[0])[0] == "format" and events[0]["format"] == "steppe-events/1", events[0]
assert events[-1]["event"] == "run_ended" and events[-1]["exit_code"] == exit_code, events[-1]
times = [event["time"] for event in events]
assert times == sorted(times)

known = {node["node"] for node in events[0].get("nodes", [])}
running, ended = set(), set()
for event in events:
    node = event.get("node")
    if event["event"] == "node_started":
        assert node in known and node not in running | ended, event
        running.add(node)
    elif event["event"] == "progress":
        assert node in running and event["done"] >= 0 and event["unit"], event
    elif node is not None:
        assert event["event"] in ("node_finished", "node_failed", "node_stopped"), event
        running.remove(node)
        ended.add(node)
assert not running, f"these were started and never ended: {running}"
if exit_code in (0, 3):
    assert ended == known, f"these were left out: {known - ended}"
print(f"{len(events)} events of {len(ended)} nodes")
