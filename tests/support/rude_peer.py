"""Peers that take a worker's time: they accept, and then say nothing, or say it a byte at a time."""
import socket
import threading
import time


class RudePeer:
    """A TCP server on a spare port. `talk(connection)` runs in a thread of its own for each connection."""

    def __init__(self, talk):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.talk, self.connections = talk, 0
        self.stopping = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection):
        with connection:
            try:
                self.talk(self, connection)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.listener.close()


def silent(peer, connection):
    """Reads whatever comes, and says nothing."""
    connection.settimeout(0.5)
    while not peer.stopping.is_set():
        try:
            if not connection.recv(65536):
                return
        except TimeoutError:
            pass


def dripping(peer, connection):
    """An answer without end, a byte each quarter of a second."""
    while not peer.stopping.wait(0.25):
        connection.sendall(b"2")


def flooding(peer, connection):
    """The same as fast as it goes."""
    while not peer.stopping.is_set():
        connection.sendall(b"220-" + b"x" * 4000 + b"\r\n")


def greets_and_then_drips(peer, connection):
    """An SMTP server up to the final dot; its answer to that comes a byte at a time and never ends."""
    stream = connection.makefile("rwb", buffering=0)
    stream.write(b"220 mx\r\n")
    while line := stream.readline(4096):
        verb = line[:4].upper()
        if verb == b"DATA":
            stream.write(b"354 go\r\n")
            while (line := stream.readline(1 << 20)) not in (b".\r\n", b""):
                pass
            stream.write(b"250-")
            return dripping(peer, connection)
        stream.write(b"250 ok\r\n")


def slow_smtp(delay):
    """Takes each mail after `delay` seconds."""
    def talk(peer, connection):
        stream = connection.makefile("rwb", buffering=0)
        stream.write(b"220 mx\r\n")
        while line := stream.readline(4096):
            verb = line[:4].upper()
            if verb == b"QUIT":
                return stream.write(b"221 bye\r\n")
            if verb == b"DATA":
                stream.write(b"354 go\r\n")
                while (line := stream.readline(1 << 20)) not in (b".\r\n", b""):
                    pass
                until = time.monotonic() + delay
                while time.monotonic() < until and not peer.stopping.wait(0.1):
                    pass
            stream.write(b"250 ok\r\n")
    return talk
