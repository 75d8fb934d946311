"""Somebody at the pages without a browser: logs in, reads a page, and sends its forms as a browser would (session cookie, Origin,
hidden fields)."""
import html
import html.parser
import http.client
import urllib.parse
import uuid

from orgo import PATIENCE, expect


class _Forms(html.parser.HTMLParser):
    """Forms of a page: (action, {name: value} of what is filled in)."""

    def __init__(self, page):
        super().__init__()
        self.forms, self.area, self.choice = [], None, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        if tag == "form":
            self.forms.append((has.get("action", ""), {}))
        elif not self.forms:
            return
        elif tag == "input" and has.get("name") and has.get("type") not in ("file", "checkbox", "radio"):
            self.forms[-1][1][has["name"]] = has.get("value") or ""
        elif tag == "textarea":
            self.area = has.get("name")
            self.forms[-1][1][self.area] = ""
        elif tag == "select":
            self.choice = has.get("name")
        elif tag == "option" and self.choice and ("selected" in has or self.choice not in self.forms[-1][1]):
            self.forms[-1][1][self.choice] = has.get("value") or ""

    def handle_endtag(self, tag):
        self.area = None if tag == "textarea" else self.area
        self.choice = None if tag == "select" else self.choice

    def handle_data(self, data):
        if self.area:
            self.forms[-1][1][self.area] += data.removeprefix("\n")


class PageVisitor:
    def __init__(self, orgo, name, password):
        self.orgo, self.cookie = orgo, ""
        status, _, fields = self._ask("POST", "/login", urllib.parse.urlencode({"name": name, "password": password}), "application/x-www-form-urlencoded")
        expect(status == 303, f"{name} can't log in: {status}")
        self.cookie = "; ".join(value.split(";")[0] for key, value in fields if key == "Set-Cookie")

    def _ask(self, method, target, body=None, kind=None):
        host, port = self.orgo.host_port("http")
        connection = http.client.HTTPConnection(host, port, timeout=20 * PATIENCE)
        headers = {"Cookie": self.cookie} | ({"Content-Type": kind, "Origin": f"http://{host}:{port}"} if kind else {})
        try:
            connection.request(method, target, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.getheaders()
        finally:
            connection.close()

    def page(self, target):
        status, text, _ = self._ask("GET", target)
        expect(status == 200, f"GET {target}: {status} {text[:300]}")
        return text

    def words(self, target):
        """What stands on the page, without its markup."""
        texts = []
        reader = html.parser.HTMLParser()
        reader.handle_data = texts.append
        reader.feed(self.page(target))
        return " ".join(" ".join(texts).split())

    def send(self, page, action, fields=(), files=()):
        """Fills in the form of a page whose action ends so, and sends it; files are (name, bytes). (status, text of the answer)."""
        found = [form for form in _Forms(self.page(page)).forms if form[0].endswith(action)]
        expect(found, f"{page} has no form for {action}")
        target, values = found[0]
        values |= dict(fields)
        if not action.endswith("/reply"):
            status, text, _ = self._ask("POST", target, urllib.parse.urlencode(values), "application/x-www-form-urlencoded")
            return status, text
        boundary = uuid.uuid4().hex
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in values.items()]
        for name, content in files:
            quoted = name.replace('"', "%22")
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{quoted}"\r\n'
                         "Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
        status, text, _ = self._ask("POST", target, b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}")
        return status, text
