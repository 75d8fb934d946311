#!/usr/bin/env python3
"""Signed and encrypted mails, made by openssl and gpg, as `orgo parse` and `orgo trace` see them: verified when keys are there,
told as broken when a byte was changed, kept and marked when encrypted; nothing is ever dropped because of them."""
import email.message
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from orgo import BINARY, Orgo, child_environment, expect, main  # noqa: E402

INNER = "Content-Type: text/plain; charset=utf-8\r\n\r\nThe key is under the mat.\r\n"


def run(*command, data=None, env=None):
    result = subprocess.run([str(word) for word in command], input=data, capture_output=True, env=env)
    expect(result.returncode == 0, f"{command[0]} failed: {result.stderr.decode(errors='replace')}")
    return result.stdout


def certificate(folder, name, address):
    """A certificate of its own for `address`: what one trusts who knows the person."""
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem",
        "-subj", f"/CN={name}/emailAddress={address}", "-addext", f"subjectAltName=email:{address}",
        "-addext", "keyUsage=digitalSignature,keyEncipherment", "-addext", "extendedKeyUsage=emailProtection", "-addext", "basicConstraints=CA:FALSE")
    return folder / f"{name}.pem", folder / f"{name}.key"


HEAD = b"From: Anna Example <anna@example.org>\r\nTo: office@school.example\r\nSubject: Signed\r\nMessage-ID: <1@example.org>\r\n"


def parse(folder, raw, settings=""):
    mail = folder / "mail.eml"
    mail.write_bytes(raw)
    config = folder / "config.yaml"
    config.write_text(settings)
    result = subprocess.run([str(BINARY), "parse", "--json", "--config", str(config), str(mail)], capture_output=True, env=child_environment())
    expect(result.returncode == 0, f"parse: {result.stderr.decode()}")
    return json.loads(result.stdout)


def smime_is_verified_when_the_certificate_is_trusted():
    with tempfile.TemporaryDirectory(prefix="orgo-test-") as name:
        folder = pathlib.Path(name)
        pem, key = certificate(folder, "Anna Example", "anna@example.org")
        other, other_key = certificate(folder, "Mallory", "mallory@example.org")
        trusted = folder / "trusted"
        trusted.mkdir()
        shutil.copy(pem, trusted / "anna.pem")
        shutil.copy(other, trusted / "other.pem")
        trust = f"mail:\n  trusted_certificates: {trusted}\n"
        for opaque in (False, True):
            signed = HEAD + run("openssl", "cms", "-sign", "-binary", "-signer", pem, "-inkey", key, *(["-nodetach"] if opaque else []), data=INNER.encode())
            seen = parse(folder, signed, trust)
            expect(seen["protection"]["signature"] == "verified", f"opaque {opaque}: {seen['protection']}")
            expect(seen["protection"]["signer"] == "Anna Example <anna@example.org>", f"{seen['protection']}")
            expect("The key is under the mat." in seen["text"], f"opaque {opaque}: opened and read: {seen['text']!r}")
            expect(seen["subject"] == "Signed", f"{seen['subject']}")
            without = parse(folder, signed, f"mail:\n  trusted_certificates: {other}\n")
            expect(without["protection"]["signature"] == "not_checked" and "vouches" in without["protection"]["detail"], f"{without['protection']}")
            if not opaque:
                changed = parse(folder, signed.replace(b"under the mat", b"under the cat"), trust)
                expect(changed["protection"]["signature"] == "broken", f"{changed['protection']}")
                expect("under the cat" in changed["text"], "shown all the same")
        foreign = HEAD + run("openssl", "cms", "-sign", "-binary", "-signer", other, "-inkey", other_key, data=INNER.encode())
        seen = parse(folder, foreign, trust)
        expect(seen["protection"]["signature"] == "not_checked" and "mallory@example.org" in seen["protection"]["detail"],
               f"a good signature of somebody else is not the sender's: {seen['protection']}")
        encrypted = HEAD + run("openssl", "cms", "-encrypt", "-aes256", pem, data=INNER.encode())
        seen = parse(folder, encrypted, trust)
        expect(seen["protection"]["encrypted"] and "smime.p7m" in [a["filename"] for a in seen["attachments"]], f"kept and marked: {seen['protection']}")


def pgp_is_verified_by_a_keyring():
    with tempfile.TemporaryDirectory(prefix="orgo-test-") as name:
        folder = pathlib.Path(name)
        home = folder / "gnupg"
        home.mkdir(mode=0o700)
        environment = {**child_environment(), "GNUPGHOME": str(home)}
        gpg = ["gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", ""]
        try:
            run(*gpg, "--quick-generate-key", "Anna Example <anna@example.org>", "ed25519", "sign", "1y", env=environment)
            run(*gpg, "--export", "--output", folder / "keys.gpg", env=environment)
            trust = f"mail:\n  pgp_keyring: {folder / 'keys.gpg'}\n"
            signature = run(*gpg, "--armor", "--detach-sign", data=INNER.encode(), env=environment)
            signed = (HEAD + b"Content-Type: multipart/signed; micalg=pgp-sha512; protocol=\"application/pgp-signature\"; boundary=b\r\n\r\n--b\r\n" +
                      INNER.encode() + b"\r\n--b\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\n" + signature + b"\r\n--b--\r\n")
            seen = parse(folder, signed, trust)
            expect(seen["protection"]["signature"] == "verified", f"{seen['protection']}")
            expect(seen["protection"]["signer"] == "Anna Example <anna@example.org>", f"{seen['protection']}")
            lf = parse(folder, signed.replace(b"\r\n", b"\n"), trust)
            expect(lf["protection"]["signature"] == "verified", f"also when it was stored with LF: {lf['protection']}")
            changed = parse(folder, signed.replace(b"mat.", b"cat."), trust)
            expect(changed["protection"]["signature"] == "broken", f"{changed['protection']}")
            unknown = parse(folder, signed)
            expect(unknown["protection"]["signature"] == "not_checked" and "mail.pgp_keyring" in unknown["protection"]["detail"], f"{unknown['protection']}")
            other = parse(folder, signed.replace(b"anna@example.org>\r\nTo", b"boss@example.org>\r\nTo"), trust)
            expect(other["protection"]["signature"] == "not_checked", f"a signature of somebody else: {other['protection']}")
            empty = folder / "empty.gpg"
            empty.write_bytes(b"")
            nobody = parse(folder, signed, f"mail:\n  pgp_keyring: {empty}\n")
            expect(nobody["protection"]["signature"] == "not_checked" and "key" in nobody["protection"]["detail"], f"{nobody['protection']}")

            clear = run(*gpg, "--clearsign", data=b"The key is under the mat.\n", env=environment)
            seen = parse(folder, HEAD + b"\r\n" + clear.replace(b"\n", b"\r\n"), trust)
            expect(seen["protection"]["form"] == "pgp_inline_signed" and seen["protection"]["signature"] == "verified", f"{seen['protection']}")

            garbage = signed.replace(signature, b"-----BEGIN PGP SIGNATURE-----\r\n\r\n" + b"A" * 3000 + b"\r\n-----END PGP SIGNATURE-----\r\n")
            seen = parse(folder, garbage, trust)
            expect(seen["protection"]["signature"] in ("not_checked", "broken") and "under the mat" in seen["text"], f"{seen['protection']}")
        finally:
            subprocess.run(["gpgconf", "--kill", "all"], env=environment, capture_output=True)


def a_broken_signature_holds_nothing_up():
    with tempfile.TemporaryDirectory(prefix="orgo-test-") as name, Orgo() as orgo:
        pem, key = certificate(pathlib.Path(name), "Anna Example", "anna@example.org")
        signed = HEAD + run("openssl", "cms", "-sign", "-binary", "-signer", pem, "-inkey", key, data=INNER.encode())
        orgo.start()
        orgo.deliver(signed.replace(b"mat.", b"cat.").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        orgo.settle()
        trace = subprocess.run([str(BINARY), "trace", "m1", "--config", str(orgo.config), "--data", str(orgo.data)], capture_output=True, text=True,
                               env=child_environment())
        expect("signature (S/MIME) is broken" in trace.stdout, f"the trace tells it: {trace.stdout}{trace.stderr}")
        expect("task_opened" in trace.stdout or "opened" in trace.stdout, f"and it is work like any other: {trace.stdout}")
        orgo.stop()


if __name__ == "__main__":
    main(smime_is_verified_when_the_certificate_is_trusted, pgp_is_verified_by_a_keyring, a_broken_signature_holds_nothing_up)
