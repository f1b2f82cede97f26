"""A headless Chromium that is spoken to over a pipe, with the standard library alone.

Commands and events are those of the DevTools protocol, as JSON texts that end with a zero byte
(https://chromedevtools.github.io/devtools-protocol). No host has a name there: whatever wants the
network fails, and is told as an event.
"""
import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import tempfile
import time

OPTIONS = ["--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync",
           "--disable-extensions", "--host-resolver-rules=MAP * ~NOTFOUND",
           "--remote-debugging-pipe"]


def find():
    """The program, or None."""
    return next(filter(None, map(shutil.which, ["chromium", "chromium-browser"])), None)


class Chromium:
    """One page of one browser; `events` are all that came so far."""

    def __init__(self, program, seconds=60):
        self.end = time.monotonic() + seconds
        self.events, self.answers, self.count, self.rest = [], {}, 0, b""
        self.profile = tempfile.TemporaryDirectory(prefix="steppe-browser-",
                                                   ignore_cleanup_errors=True)
        theirs_in, self.to = os.pipe()
        self.since, theirs_out = os.pipe()
        theirs = [os.dup2(end, 20 + n) for n, end in enumerate((theirs_in, theirs_out))]
        for end in (theirs_in, theirs_out):
            os.close(end)

        def as_three_and_four():
            for n, end in enumerate(theirs):
                os.dup2(end, 3 + n)

        root = ["--no-sandbox"] if os.getuid() == 0 else []
        self.process = subprocess.Popen(
            [program, *OPTIONS, *root, f"--user-data-dir={self.profile.name}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=as_three_and_four, close_fds=False)
        for end in theirs:
            os.close(end)
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target,
                                 flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.session = None
            self.call("Browser.close")
            self.process.wait(10)
        except (OSError, EOFError, TimeoutError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.to)
        os.close(self.since)
        self.profile.cleanup()

    def receive(self):
        """Takes in one message."""
        while b"\0" not in self.rest:
            if not select.select([self.since], [], [], max(0, self.end - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            more = os.read(self.since, 1 << 16)
            if not more:
                raise EOFError("the browser has ended")
            self.rest += more
        text, self.rest = self.rest.split(b"\0", 1)
        message = json.loads(text)
        if "id" in message:
            self.answers[message["id"]] = message
        else:
            self.events.append(message)

    def call(self, method, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        text = json.dumps(message).encode() + b"\0"
        while text:
            text = text[os.write(self.to, text):]
        while self.count not in self.answers:
            self.receive()
        answer = self.answers.pop(self.count)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"]

    def of(self, method):
        return [event["params"] for event in self.events if event["method"] == method]

    def open(self, page):
        self.call("Page.navigate", url=pathlib.Path(page).resolve().as_uri())
        while not self.of("Page.loadEventFired"):
            self.receive()

    def look(self, width, scheme, height=900):
        """Makes the window `width` pixels wide, in the scheme "light" or "dark"."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": scheme}])

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def screenshot(self, file):
        """The whole page, as far as a picture goes."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 16000),
                "scale": 1}
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        pathlib.Path(file).write_bytes(base64.b64decode(data))
