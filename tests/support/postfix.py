"""A real Postfix of its own: configuration, queue and log in a temporary folder, spare loopback ports, its own certificate.

Postfix wants root (its parts change to their own user). Nothing of the machine's own Postfix is touched, and it is ended by the
number of its process. Needs Debian's package `postfix`."""
import json
import os
import pathlib
import shutil
import signal
import smtplib
import subprocess
import tempfile

from orgo import Failed, expect, spare_port, wait_until

DAEMONS = pathlib.Path("/usr/lib/postfix/sbin")


def why_not():
    """Why no Postfix can be started here; None when one can."""
    if os.geteuid() != 0:
        return "Postfix can be started by root only"
    if not (DAEMONS / "master").exists():
        return "there is no Postfix (Debian: postfix)"
    return None


def certificate(folder):
    """A self-signed certificate for 127.0.0.1 and localhost; (certificate, key)."""
    certificate_file, key_file = folder / "cert.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key_file), "-out",
                    str(certificate_file), "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, capture_output=True)
    return certificate_file, key_file


class Postfix:
    """`transports`: domain -> transport, as in transport(5). Domains of `unknown` are here, and nobody is in them."""

    def __init__(self, transports, unknown=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="orgo-postfix-"))
        self.folder.chmod(0o755)  # its parts are other users and have to get to the queue
        self.config, self.queue = self.folder / "config", self.folder / "queue"
        self.log = self.folder / "mail.log"
        self.port = spare_port()
        for path in (self.config, self.queue, self.folder / "data"):
            path.mkdir()
        shutil.chown(self.folder / "data", "postfix")
        self.certificate, key = certificate(self.folder)
        table = " ".join("{ %s = %s }" % pair for pair in transports.items())
        (self.config / "main.cf").write_text(f"""\
compatibility_level = 3.6
queue_directory = {self.queue}
data_directory = {self.folder}/data
command_directory = /usr/sbin
daemon_directory = {DAEMONS}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {self.log}
maillog_file_prefixes = {self.folder}
myhostname = postfix.example
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
disable_dns_lookups = yes
smtp_host_lookup = native
transport_maps = inline:{{ {table} }}
virtual_mailbox_domains = {' '.join(unknown)}
virtual_mailbox_maps = inline:{{ {{ nobody@nowhere.example = nobody }} }}
virtual_mailbox_base = {self.folder}/data
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
# Mail for an unknown user is taken and bounces, as it does behind a gateway that knows no users.
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = may
smtpd_tls_cert_file = {self.certificate}
smtpd_tls_key_file = {key}
smtpd_tls_received_header = yes
smtpd_client_connection_rate_limit = 0
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
transport_retry_time = 1s
lmtp_connect_timeout = 5s
lmtp_connection_cache_on_demand = no
default_destination_concurrency_failed_cohort_limit = 1000
""", encoding="utf-8")
        services = [f"127.0.0.1:{self.port} inet n - n - - smtpd"]
        for name, kind, private, wakeup, most, command in (
                ("cleanup", "unix", "n", "-", "0", "cleanup"), ("qmgr", "unix", "n", "1", "1", "qmgr"),
                ("tlsmgr", "unix", "-", "1000?", "1", "tlsmgr"), ("rewrite", "unix", "-", "-", "-", "trivial-rewrite"),
                ("bounce", "unix", "-", "-", "0", "bounce"), ("defer", "unix", "-", "-", "0", "bounce"),
                ("trace", "unix", "-", "-", "0", "bounce"), ("verify", "unix", "-", "-", "1", "verify"),
                ("flush", "unix", "n", "1000?", "0", "flush"), ("proxymap", "unix", "-", "-", "-", "proxymap"),
                ("proxywrite", "unix", "-", "-", "1", "proxymap"), ("smtp", "unix", "-", "-", "-", "smtp"),
                ("relay", "unix", "-", "-", "-", "smtp"), ("showq", "unix", "n", "-", "-", "showq"),
                ("error", "unix", "-", "-", "-", "error"), ("retry", "unix", "-", "-", "-", "error"),
                ("discard", "unix", "-", "-", "-", "discard"), ("virtual", "unix", "-", "-", "-", "virtual"),
                ("lmtp", "unix", "-", "-", "-", "lmtp"), ("anvil", "unix", "-", "-", "1", "anvil"),
                ("scache", "unix", "-", "-", "1", "scache"), ("pickup", "unix", "n", "60", "1", "pickup"), ("postlog", "unix-dgram", "n", "-", "1", "postlogd")):
            unprivileged = "n" if command == "virtual" else "-"
            services.append(f"{name} {kind} {private} {unprivileged} n {wakeup} {most} {command}")
        (self.config / "master.cf").write_text("\n".join(services) + "\n", encoding="utf-8")

    def tool(self, name, *arguments, check=True):
        done = subprocess.run([f"/usr/sbin/{name}", "-c", str(self.config), *arguments], capture_output=True, text=True, timeout=60)
        if check and done.returncode != 0:
            raise Failed(f"{name} {' '.join(arguments)}: {done.stdout}{done.stderr}\n{self.tail()}")
        return done

    def start(self):
        self.tool("postfix", "start")
        def answers():
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=5):
                    return True
            except (OSError, smtplib.SMTPException):
                return False
        wait_until(f"Postfix answers\n{self.tail()}", answers, 20)
        return self

    def pid(self):
        try:
            return int((self.queue / "pid/master.pid").read_text())
        except (OSError, ValueError):
            return 0

    def stop(self):
        pid = self.pid()
        if not pid:
            return
        try:
            os.kill(pid, signal.SIGTERM)
        except ProcessLookupError:
            return
        def gone():
            try:
                os.kill(pid, 0)
                return False
            except ProcessLookupError:
                return True
        wait_until("Postfix ended", gone, 20)

    def tail(self, lines=25):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "(no log)"

    def lines(self, text):
        return [line for line in self.log.read_text(errors="replace").splitlines() if text in line]

    def waiting(self):
        """What is in its queue."""
        return [json.loads(line) for line in self.tool("postqueue", "-j").stdout.splitlines() if line]

    def drain(self, seconds=60):
        def empty():
            left = self.waiting()
            if left:
                self.tool("postqueue", "-f")
            return not left
        wait_until(f"Postfix's queue is empty\n{self.tail()}", empty, seconds, every=0.3)

    def submit(self, raw, recipient, sender="anna@example.org"):
        """Raises unless Postfix says 250."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=30) as door:
            refused = door.sendmail(sender, [recipient], raw)
            expect(not refused, f"Postfix refused {refused}")

    def settings(self, tls="required"):
        """Of an Orgo that sends through it."""
        return (f"smtp:\n  host: 127.0.0.1\n  port: {self.port}\n  tls: {tls}\n  ca_file: {self.certificate}\n"
                "  from: helpdesk@organization.com\n")

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.stop()
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)
