"""A real browser (headless Chromium) for page tests, driven over a pipe by the DevTools protocol; standard library only."""
import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

DEADLINE_S = 60


class Browser:
    """with Browser() as browser: browser.open(url); browser.text(); browser.click("button"); browser.screenshot("x.png")"""

    def __init__(self, width=1280, height=900, mobile=False):
        self.size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile}

    @staticmethod
    def program():
        return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="orgo-browser-")
        to_browser, self.to_browser = os.pipe()
        self.from_browser, from_browser = os.pipe()
        # The browser reads commands from descriptor 3 and writes answers to 4.
        shell = f"exec \"$0\" \"$@\" 3<&{to_browser} 4>&{from_browser}"
        self.process = subprocess.Popen(
            ["sh", "-c", shell, self.program(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             f"--user-data-dir={self.folder}", "--remote-debugging-pipe", "about:blank"],
            pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.pending = b""
        self.events = []
        self.ids = itertools.count(1)
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", **self.size)
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.to_browser)
        os.close(self.from_browser)
        shutil.rmtree(self.folder, ignore_errors=True)

    def read_message(self, deadline):
        while b"\0" not in self.pending:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.from_browser], [], [], left)[0]:
                raise TimeoutError("the browser did not answer in time")
            data = os.read(self.from_browser, 1 << 20)
            if not data:
                raise EOFError(f"the browser ended with status {self.process.wait()}")
            self.pending += data
        message, self.pending = self.pending.split(b"\0", 1)
        return json.loads(message)

    def send(self, method, **params):
        """Without waiting for its answer, which is then one of the events. Returns its number."""
        number = next(self.ids)
        message = {"id": number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        return number

    def call(self, method, **params):
        number = self.send(method, **params)
        deadline = time.monotonic() + DEADLINE_S
        while True:
            answer = self.read_message(deadline)
            if answer.get("id") != number:
                self.events.append(answer)
                continue
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            return answer["result"]

    def wait_loaded(self, started):
        """Waits for the load event of a page that was begun after `started` events had come."""
        deadline = time.monotonic() + DEADLINE_S
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events[started:]):
            self.events.append(self.read_message(deadline))

    def open(self, url):
        started = len(self.events)
        self.call("Page.navigate", url=url)
        self.wait_loaded(started)

    def evaluate(self, expression):
        """Runs in the page by DevTools, so it works although the pages forbid every script."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def text(self):
        return self.evaluate("document.body.innerText")

    def url(self):
        return self.evaluate("location.href")

    def fill(self, selector, value):
        self.evaluate(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(value)}")

    def choose_files(self, selector, *paths):
        """As the dialog of a file input would."""
        found = self.call("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)})")["result"]
        self.call("DOM.setFileInputFiles", files=[str(path) for path in paths], objectId=found["objectId"])

    def click(self, selector, times=1):
        """Clicks as a person does, at the middle of the element, and waits for the page that follows the last click."""
        place = self.evaluate(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)}); e.scrollIntoView({{block: 'center'}});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()")
        started = len(self.events)
        for count in range(times):  # one right after another: nobody waits for a page between the clicks of a double click
            for kind in ("mousePressed", "mouseReleased"):
                self.send("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=count + 1)
        self.wait_loaded(started)

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, text="\r" if key == "Enter" and kind == "keyDown" else "",
                      windowsVirtualKeyCode={"Tab": 9, "Enter": 13}[key])

    def complaints(self):
        """What the browser logged: blocked by the policy, not found, errors of pages."""
        return [event["params"]["entry"]["text"] for event in self.events if event.get("method") == "Log.entryAdded"]

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=False)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
