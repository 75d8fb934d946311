"""An SMTP server for tests that keeps what it gets and misbehaves as told: the sink of the referee."""
import email
import email.policy
import socket
import socketserver
import threading
import time


class Kept:
    def __init__(self, recipient, content):
        self.recipient, self.content = recipient, content
        self.message = email.message_from_bytes(content, policy=email.policy.default)
        self.message_id = str(self.message["Message-ID"] or "")
        self.subject = str(self.message["Subject"] or "")
        self.at = time.time()


class _Conversation(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True  # else each reply waits 40 ms for the acknowledgement of the one before
    timeout = 60

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        sink = self.server.sink
        with sink.lock:
            sink.talking += 1
        try:
            self.converse()
        except (OSError, ValueError):
            pass  # the peer is gone, as it may be
        finally:
            with sink.lock:
                sink.talking -= 1

    def converse(self):
        sink = self.server.sink
        if sink.mode == "busy":
            return self.say("421 4.3.2 too busy")
        self.say("220 sink ESMTP")
        recipients, sender = [], None
        while True:
            line = self.rfile.readline(4096)
            if not line:
                return
            verb = line[:4].upper().decode("ascii", "replace")
            if verb in ("EHLO", "HELO"):
                self.say("250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n250 SIZE 50000000")
            elif verb == "MAIL":
                sender, recipients = line, []
                self.say("250 2.1.0 ok")
            elif verb == "RCPT":
                address = line.split(b"<", 1)[-1].split(b">")[0].decode("utf-8", "replace")
                sink.attempts.append(address)
                if sink.mode == "refuses us":
                    self.say("530 5.7.0 authentication required")
                elif sink.mode == "temporary":
                    self.say("451 4.2.1 try again later")
                elif sink.mode == "permanent":
                    self.say("550 5.1.1 no such user")
                else:
                    recipients.append(address)
                    self.say("250 2.1.5 ok")
            elif verb == "DATA":
                if not recipients:
                    self.say("554 5.5.1 no valid recipients")
                    continue
                self.say("354 go on")
                content = []
                while True:
                    piece = self.rfile.readline(1 << 20)
                    if not piece:
                        return
                    if piece == b".\r\n":
                        break
                    content.append(piece[1:] if piece.startswith(b".") else piece)
                if sink.mode == "slow":
                    time.sleep(sink.delay)
                if sink.keep(recipients, b"".join(content)) or sink.mode == "cut":
                    return self.connection.shutdown(socket.SHUT_RDWR)  # kept, and the answer is lost
                self.say("250 2.0.0 kept")
                recipients = []
            elif verb in ("RSET", "NOOP"):
                self.say("250 2.0.0 ok")
            elif verb == "QUIT":
                return self.say("221 2.0.0 bye")
            else:
                self.say("502 5.5.1 what?")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass


class SmtpSink:
    """Modes: ok, busy (421), temporary (4xx), permanent (5xx), refuses us (530), slow (`delay` s before 250), cut (takes it, answers nothing)."""

    def __init__(self):
        self.mode, self.delay = "ok", 1.0
        self.kept, self.attempts = [], []
        self.talking = 0  # conversations under way; what a peer had sent before it was killed is still kept
        self.lock = threading.Lock()
        self.server = None
        self.port = 0
        self.up()

    def up(self):
        self.server = _Server(("127.0.0.1", self.port), _Conversation)
        self.server.sink = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def down(self):
        """Nobody listens any more; the port is kept for up()."""
        self.server.shutdown()
        self.server.server_close()
        self.server = None

    def keep(self, recipients, content):
        """A sink of another kind may keep it and say True: then its answer gets lost, too."""
        with self.lock:
            for recipient in recipients:
                self.kept.append(Kept(recipient, content))

    def settings(self):
        return f"smtp:\n  host: 127.0.0.1\n  port: {self.port}\n"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.server is not None:
            self.down()
