"""Peers that a server of ours talks to in tests: a relay with STARTTLS, AUTH and a count of what is under way, a receiver of
webhooks, and certificates for both (standard library and openssl only)."""
import base64
import http.server
import socketserver
import ssl
import subprocess
import threading
import time


def certificate(folder, name="localhost"):
    """(certificate, key) for localhost and 127.0.0.1, signed by itself; one pair for each name."""
    files = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(files[1]),
                    "-out", str(files[0])], check=True, capture_output=True)
    return files


class _Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    timeout = 60

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        relay = self.server.relay
        with relay.lock:
            relay.connections += 1
        try:
            self.converse(relay)
        except (OSError, ValueError):
            pass

    def converse(self, relay):
        if relay.silent:
            while self.rfile.read(1):
                pass
            return
        self.say("220 relay ESMTP")
        secure = False
        while line := self.rfile.readline(8192):
            verb = line[:4].upper().decode("ascii", "replace").strip()
            if verb == "EHLO":
                offers = ["relay", "PIPELINING", "8BITMIME", "SMTPUTF8"]
                if relay.context and not secure:
                    offers.append("STARTTLS")
                if relay.auth:
                    offers.append("AUTH PLAIN LOGIN")
                self.say("\r\n".join(f"250{'-' if i + 1 < len(offers) else ' '}{offer}" for i, offer in enumerate(offers)))
            elif verb == "STAR":
                self.say("220 go")
                self.connection = relay.context.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
                secure = True
            elif verb == "AUTH":
                words = line.decode().split()
                if len(words) < 3:
                    self.say("334 ")
                    words.append(self.rfile.readline(8192).decode().strip())
                relay.logins.append((tuple(base64.b64decode(words[2]).decode().split("\0")[1:]), secure))
                self.say("235 2.7.0 welcome")
            elif verb == "DATA":
                self.take(relay, secure)
            elif verb == "QUIT":
                return self.say("221 bye")
            elif verb == "RCPT" and relay.answer:
                with relay.lock:
                    relay.refused.append((line.decode("utf-8", "replace").strip(), time.time()))
                self.say(relay.answer)
            else:
                self.say("250 ok")

    def take(self, relay, secure):
        with relay.lock:
            if relay.answer:
                return self.say("554 5.5.1 no valid recipients")
            relay.under_way += 1
            relay.most_at_once = max(relay.most_at_once, relay.under_way)
        self.say("354 go on")
        content = []
        while (piece := self.rfile.readline(1 << 20)) not in (b".\r\n", b""):
            content.append(piece)
        time.sleep(relay.delay)
        with relay.lock:
            relay.under_way -= 1
            relay.mails.append(b"".join(content))
            relay.secure.append(secure)
        self.say("250 kept")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # a peer that has gone, or that does not trust our certificate, is what some tests want


class Relay:
    """`answer`: what each recipient is refused with; `silent`: takes connections and never says a word; `delay`: seconds before the
    250; `files`: a certificate, with which STARTTLS is offered; `auth`: logins are offered, and all are welcome."""

    def __init__(self, files=None, auth=False, answer="", silent=False, delay=0.0):
        self.context = None
        if files:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*files)
        self.auth, self.answer, self.silent, self.delay = auth, answer, silent, delay
        self.mails, self.secure, self.logins, self.refused = [], [], [], []
        self.connections = self.under_way = self.most_at_once = 0
        self.lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), _Session)
        self.server.relay = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Receiver:
    """Takes webhooks: (path, header fields, body) of each."""

    def __init__(self):
        self.calls = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.calls.append((self.path, dict(self.headers), body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *unused):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
