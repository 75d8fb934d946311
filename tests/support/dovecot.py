"""A real Dovecot (IMAP, POP3, LMTP) on spare loopback ports in a folder of its own, for tests (standard library only).

In Python:
    with Dovecot(users={"office": "secret"}) as server:
        server.deliver("office", b"Subject: hello\\r\\n\\r\\n...")
        imaplib.IMAP4("127.0.0.1", server.ports["imap"]); server.certificate is what to verify it with ("localhost")

As a program, for tests in other languages: `dovecot.py FOLDER [--mails mbox]` starts one, writes a line of JSON
{"imap":..., "imaps":..., "pop3":..., "pop3s":..., "lmtp":..., "pid":..., "certificate":...} and runs until its standard input
ends. Started again on the same folder it comes back on the same ports, with all mails.

Users: "name:password" lines in FOLDER/users. Tokens for XOAUTH2 and OAUTHBEARER: {"token": "name"} in FOLDER/tokens.json,
read anew for each login, so that a test can let one expire. The folder "Full" is over its quota from the first mail on.
It runs as whoever the test runs; under root the mails belong to `nobody`, since Dovecot does not touch mail as root.
"""
import argparse
import http.server
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

PATIENCE = float(os.environ.get("ORGO_PATIENCE", "1"))
DOORS = ("imap", "imaps", "pop3", "pop3s", "lmtp")


def program(name):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/lib/dovecot")
    if not found:
        raise RuntimeError(f"{name} is not installed (scripts/packages-test.txt)")
    return found


def available():
    return bool(shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin"))


class Dovecot:
    def __init__(self, folder=None, users=None, mails="maildir", settings=""):
        self.own_folder = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="orgo-dovecot-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.mails = mails
        self.settings = settings
        self.process = None
        self.tokens_door = None
        self.certificate = self.folder / "certificate.pem"
        self.log = self.folder / "dovecot.log"
        self.owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.helper = self.owner.pw_name
        self.folder.chmod(0o755)
        (self.folder / "home").mkdir(exist_ok=True)
        self.own(self.folder / "home")
        if users is not None or not (self.folder / "users").exists():
            self.set_users(users or {"office": "secret"})
        if not (self.folder / "tokens.json").exists():
            self.set_tokens({})
        if not self.certificate.exists():
            self.make_certificate()
        ports = self.folder / "ports.json"
        self.ports = json.loads(ports.read_text()) if ports.exists() else self.spare_ports()

    # --- what it knows ---

    def own(self, path):
        if os.getuid() == 0:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def set_users(self, users):
        text = "".join(f"{name}:{{PLAIN}}{password}\n" for name, password in users.items())
        (self.folder / "users").write_text(text, encoding="utf-8")

    def set_tokens(self, tokens):
        """{"token": "user"}"""
        beside = self.folder / "tokens.json.new"
        beside.write_text(json.dumps(tokens), encoding="utf-8")
        beside.replace(self.folder / "tokens.json")

    def make_certificate(self, host="localhost"):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650",
                        "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", "-keyout", str(self.folder / "key.pem"),
                        "-out", str(self.certificate)], check=True, capture_output=True)

    def spare_ports(self):
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in DOORS]
        ports = {name: each.getsockname()[1] for name, each in zip(DOORS, sockets)}
        for each in sockets:
            each.close()
        return ports

    # --- mails ---

    def maildir(self, user, folder="INBOX"):
        base = self.folder / "home" / user / "Maildir"
        return base if folder == "INBOX" else base / ("." + folder)

    def deliver(self, user, raw, folder="INBOX", name=None):
        """Into new/, as a mail server does it; returns the file."""
        place = self.maildir(user, folder)
        for sub in ("", "tmp", "new", "cur"):
            for path in reversed((place / sub).relative_to(self.folder / "home").parents):
                self.make(self.folder / "home" / path)
            self.make(place / sub)
        Dovecot.count = getattr(Dovecot, "count", 0) + 1
        name = name or f"{int(time.time())}.M{Dovecot.count:07d}P{os.getpid()}.test"
        path = place / "tmp" / name
        path.write_bytes(raw)
        self.own(path)
        path.rename(place / "new" / name)
        return place / "new" / name

    def make(self, path):
        if not path.exists():
            path.mkdir()
            self.own(path)

    # --- running ---

    def configuration(self):
        root = os.getuid() == 0
        here = self.folder
        location = "maildir:~/Maildir" if self.mails == "maildir" else "mbox:~/mail:INBOX=~/inbox"
        introspection = f"http://127.0.0.1:{self.tokens_door.server_address[1]}/?token="
        (here / "oauth2.conf").write_text(f"introspection_mode = get\nintrospection_url = {introspection}\n"
                                          "username_attribute = username\nactive_attribute = active\nactive_value = true\n")
        user_lines = "" if root else "user = " + self.helper
        def door(name, secure):
            return f"inet_listener {name} {{\n address = 127.0.0.1\n port = {self.ports[name]}\n ssl = {secure}\n }}\n"
        # Under root the doors run as Dovecot's own users, as installed; else everything is us, and nothing is chrooted.
        services = f"""
service imap-login {{
 {door("imap", "no")} {door("imaps", "yes")} chroot =
 {user_lines}
}}
service pop3-login {{
 {door("pop3", "no")} {door("pop3s", "yes")} chroot =
 {user_lines}
}}
service lmtp {{
 {door("lmtp", "no")}
 {user_lines}
}}
# Nor do tests of wrong passwords wait for the penalty that stops who guesses them.
service anvil {{
 unix_listener anvil-auth-penalty {{
 mode = 0
 }}
 chroot =
 {user_lines}
}}
service stats {{
 chroot =
 {user_lines}
}}
""" + "".join(f"service {name} {{\n user = {self.helper if not root else 'root'}\n}}\n" for name in ("auth", "auth-worker", "log", "config"))
        return f"""
base_dir = {here}/run
state_dir = {here}/state
log_path = {self.log}
{"" if root else f"default_internal_user = {self.helper}"}
{"" if root else f"default_login_user = {self.helper}"}
{"" if root else f"default_internal_group = {self.group()}"}
listen = 127.0.0.1
protocols = imap pop3 lmtp
ssl = yes
ssl_cert = <{here}/certificate.pem
ssl_key = <{here}/key.pem
disable_plaintext_auth = yes
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
first_valid_uid = 0
mail_location = {location}
mail_plugins = quota
mailbox_list_index = yes
# A process for each login would be all that a quick test waits for.
service imap {{
 service_count = 100
 process_limit = 50
}}
passdb {{
 driver = oauth2
 mechanisms = xoauth2 oauthbearer
 args = {here}/oauth2.conf
}}
passdb {{
 driver = passwd-file
 mechanisms = plain login none
 args = {here}/users
}}
userdb {{
 driver = static
 args = uid={self.owner.pw_uid} gid={self.owner.pw_gid} home={here}/home/%u
}}
namespace inbox {{
 inbox = yes
 separator = .
 prefix =
}}
namespace full {{
 separator = .
 prefix = Full.
 location = maildir:~/full
}}
plugin {{
 quota = count:User quota:ns=
 quota_rule = *:storage=100G
 quota2 = count:Full quota:ns=Full.
 quota2_rule = *:messages=1
 quota_vsizes = yes
}}
protocol imap {{
 mail_plugins = quota imap_quota
 imap_idle_notify_interval = 2 mins
}}
{services}
{self.settings}
"""

    def group(self):
        import grp
        return grp.getgrgid(self.owner.pw_gid).gr_name

    def start_tokens_door(self):
        tokens = self.folder / "tokens.json"

        class Door(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                token = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("token", [""])[0]
                user = json.loads(tokens.read_text()).get(token)
                body = json.dumps({"active": True, "username": user} if user else {"active": False}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass
        self.tokens_door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.tokens_door.daemon_threads = True
        threading.Thread(target=self.tokens_door.serve_forever, args=(0.05,), daemon=True).start()

    def start(self, seconds=20):
        if self.tokens_door is None:
            self.start_tokens_door()
        config = self.folder / "dovecot.conf"
        for attempt in range(3):
            config.write_text(self.configuration(), encoding="utf-8")
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen([program("dovecot"), "-F", "-c", str(config)], stdout=log, stderr=log,
                                                stdin=subprocess.DEVNULL, start_new_session=True)
            until = time.monotonic() + seconds * PATIENCE
            while self.process.poll() is None:
                if all(self.answers(name) for name in ("imap", "pop3")):
                    (self.folder / "ports.json").write_text(json.dumps(self.ports))
                    return self
                if time.monotonic() > until:
                    self.kill()
                    raise RuntimeError(f"Dovecot does not answer:\n{self.tail()}")
                time.sleep(0.02)
            if attempt == 2 or (self.folder / "ports.json").exists() and attempt == 1:
                raise RuntimeError(f"Dovecot ended with {self.process.returncode}:\n{self.tail()}")
            if not (self.folder / "ports.json").exists():
                self.ports = self.spare_ports()  # somebody else may have got one of them meanwhile
        return self

    def answers(self, door):
        try:
            with socket.create_connection(("127.0.0.1", self.ports[door]), timeout=5) as peer:
                return peer.recv(1) in (b"*", b"+")
        except OSError:
            return False

    def tail(self, lines=30):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def stop(self, how=signal.SIGTERM):
        """By the master's id; its children end with it."""
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(10 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def kill(self):
        """The whole server at once, as a power switch: Dovecot's processes are a group of their own."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process = None
        (self.folder / "run" / "master.pid").unlink(missing_ok=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        self.stop()
        if self.tokens_door is not None:
            self.tokens_door.shutdown()
            self.tokens_door.server_close()
        if kind is not None:
            print(f"--- end of Dovecot's log\n{self.tail()}", file=sys.stderr)
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--mails", choices=("maildir", "mbox"), default="maildir")
    arguments = parser.parse_args()
    server = Dovecot(arguments.folder, mails=arguments.mails)
    ending = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ending.set())
    try:
        server.start()
    except RuntimeError as problem:
        print(json.dumps({"problem": str(problem)}), flush=True)
        return 1
    print(json.dumps({**server.ports, "pid": server.process.pid, "certificate": str(server.certificate),
                      "owner": server.owner.pw_uid, "group": server.owner.pw_gid}), flush=True)
    # "kill" pulls the plug, "start" comes back, anything else or the end of the input stops it.
    for line in sys.stdin:
        word = line.strip()
        if word == "kill":
            server.kill()
        elif word == "stop":
            server.stop()
        elif word == "start":
            server.start()
        else:
            break
        print(json.dumps({"pid": server.process.pid if server.process else 0}), flush=True)
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
