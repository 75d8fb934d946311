"""What citizens write to a city hall, as their mail programs wrap it, and how people of the hall answer notifications from theirs."""
import base64
import email.message
import email.policy
import itertools
import quopri
import random

OFFICE = "buergerbuero@rathaus.example"
NUMBERS = itertools.count(1)
DATE = "Date: Mon, 16 Nov 2026 08:12:41 +0100\r\n"


def encoded(text, charset, how="B"):
    """An encoded word (RFC 2047), or several: none is longer than 75 characters."""
    words, piece = [], ""
    for character in text + "\0":
        raw = (piece + character).encode(charset, "ignore")
        inner = base64.b64encode(raw).decode() if how == "B" else "".join(
            chr(byte) if chr(byte).isalnum() and byte < 128 else "_" if byte == 32 else f"={byte:02X}" for byte in raw)
        if character == "\0" or len(inner) + len(charset) + 7 > 75:
            last = piece.encode(charset)
            inner = base64.b64encode(last).decode() if how == "B" else "".join(
                chr(byte) if chr(byte).isalnum() and byte < 128 else "_" if byte == 32 else f"={byte:02X}" for byte in last)
            words.append(f"=?{charset}?{how}?{inner}?=")
            piece = ""
        piece += character
    return "\r\n ".join(words)


class Citizen:
    """A name, an address, and what they write: `raw` is the mail, `text` what a person reads of it, `files` what hangs on it."""

    def __init__(self, name, address, title, text, number, charset="utf-8", how="B", files=()):
        self.name, self.address, self.title, self.text, self.files = name, address, title, text, list(files)
        self.message_id = f"<anfrage.{number}@{address.rpartition('@')[2]}>"
        self.head = (f"From: {encoded(name, charset, how)} <{address}>\r\nTo: {encoded('Bürgerbüro', 'utf-8')} <{OFFICE}>\r\n"
                     f"Subject: {encoded(title, charset, how)}\r\nMessage-ID: {self.message_id}\r\n{DATE}MIME-Version: 1.0\r\n").encode()
        self.raw = b""

    def plain(self, charset, encoding):
        raw = self.text.replace("\n", "\r\n").encode(charset)
        if encoding == "quoted-printable":
            raw = quopri.encodestring(self.text.encode(charset)).replace(b"\n", b"\r\n")
        elif encoding == "base64":
            raw = base64.encodebytes(raw).replace(b"\n", b"\r\n")
        return f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode() + raw

    def as_text(self, charset, encoding):
        self.raw = self.head + self.plain(charset, encoding) + b"\r\n"
        return self

    def as_html(self, html, charset):
        self.raw = self.head + f"Content-Type: text/html; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n".encode() + \
            html.replace("\n", "\r\n").encode(charset) + b"\r\n"
        return self

    def with_file(self, charset, parameters, kind="application/pdf"):
        """`parameters`: how the program writes the name of the one file (RFC 2231)."""
        self.raw = (self.head + b'Content-Type: multipart/mixed; boundary="=_teil"\r\n\r\n--=_teil\r\n' + self.plain(charset, "quoted-printable") +
                    f"\r\n--=_teil\r\nContent-Type: {kind}\r\nContent-Disposition: attachment;\r\n {parameters}\r\n"
                    "Content-Transfer-Encoding: base64\r\n\r\n".encode() +
                    base64.encodebytes(self.files[0][1]).replace(b"\n", b"\r\n") + b"--=_teil--\r\n")
        return self


def some_bytes(seed, size):
    return random.Random(seed).randbytes(size)


def citizens():
    """Everybody who writes on Monday, in the order in which they do."""
    lamp = Citizen("Jürgen Größmann", "juergen@weber.example", "Laterne vor der Größstraße 5 ist dunkel",
                   "Guten Tag,\nseit drei Tagen ist die Laterne vor unserem Haus dunkel.\nSchöne Grüße\nJürgen Größmann", 1, "iso-8859-1", "Q",
                   [("Übersicht Straße Nr. 5.pdf", some_bytes("laterne", 40_000))])
    lamp.with_file("iso-8859-1", "filename*0*=iso-8859-1'de'%DCbersicht%20Stra;\r\n filename*1*=%DFe%20Nr.;\r\n filename*2=\" 5.pdf\"")
    move = Citizen("Zoë Çelik", "zoe@celik.example", "Ummeldung – wann hat das Bürgerbüro geöffnet, und was muss ich zu meinem Termin alles mitbringen?",
                   "Ich ziehe um – „endlich“. Was kostet das? 5 €?", 2, "utf-8")
    move.as_html("<html><body><p>Ich ziehe um &ndash; „endlich“. <b>Was kostet das?</b> 5&nbsp;€?</p></body></html>", "windows-1252")
    paper = Citizen("Ольга Смирнова", "olga@smirnow.example", "Справка о регистрации", "Здравствуйте!\nМне нужна справка.", 3, "koi8-r").as_text("koi8-r", "base64")
    bill = Citizen("Łukasz Żółć", "lukasz@nowak.example", "Gebühr: opłata za śmieci", "Dzień dobry, już zapłaciłem. Proszę o odpowiedź.", 4, "iso-8859-2", "Q")
    bill.as_text("iso-8859-2", "quoted-printable")
    waste = Citizen("田中さくら", "tanaka@nihon.example", "ごみの日について", "ごみの日はいつですか。\nよろしくお願いします。", 5, "iso-2022-jp").as_text("iso-2022-jp", "7bit")
    line = "Lärm " * 180
    noise = Citizen("Inés Muñoz", "ines@munoz.example", "Ruhestörung " + "wieder und wieder " * 12 + "nachts", line + "\n" + "Ein Absatz ohne Ende. " * 600, 6)
    noise.as_text("utf-8", "quoted-printable")
    dog = Citizen("Kim Öztürk", "kim@weg.example", "Hundesteuer für Bello", "Wie viel ist es für zwei Hunde?", 7).as_text("utf-8", "8bit")
    return lamp, move, paper, bill, waste, noise, dog


def reply_to(letter, sender, text, recipient=None, name="", files=(), html=False, extra=None):
    """As a mail program answers a mail: quoted below, and as HTML beside it if wanted. (Message-ID, bytes)."""
    out = email.message.EmailMessage(policy=email.policy.SMTP)
    out["From"] = f"{name} <{sender}>" if name else sender
    out["To"] = recipient or letter.sender
    out["Subject"] = letter.subject if letter.subject.startswith("Re:") else "Re: " + letter.subject
    out["Message-ID"] = f"<antwort.{next(NUMBERS)}@{sender.rpartition('@')[2]}>"
    out["In-Reply-To"] = letter.message_id
    out["References"] = (str(letter.message["References"] or "") + " " + letter.message_id).strip()
    for field, value in (extra or {}).items():
        out[field] = value
    quote = "".join(f"> {line}\n" for line in letter.text().splitlines())
    out.set_content(f"{text}\n\nAm Dienstag, 17. November 2026 um 09:10 schrieb Stadt Kleinstadt:\n{quote}", cte="quoted-printable")
    if html:
        out.add_alternative(f"<p>{text.replace(chr(10), '<br>')}</p><blockquote>{letter.text()}</blockquote>", subtype="html")
    for filename, content in files:
        out.add_attachment(content, maintype="application", subtype="octet-stream", filename=filename)
    return str(out["Message-ID"]), out.as_bytes()
