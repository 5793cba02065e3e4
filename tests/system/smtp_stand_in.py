"""An SMTP server for the tests (RFC 5321, STARTTLS, AUTH PLAIN and LOGIN): keeps what it is sent, and can
be slow, away, or refuse."""
import base64
import email
import socket
import socketserver
import ssl
import subprocess
import threading
from pathlib import Path


def certificate(folder):
    """(certificate, key) for localhost, its own authority: PEM files in `folder`."""
    cert, key = Path(folder) / "smtp-cert.pem", Path(folder) / "smtp-key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-out", str(cert), "-keyout", str(key)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return cert, key


class Mail:
    def __init__(self, sender, recipients, data, user, encrypted):
        self.sender, self.recipients, self.user, self.encrypted = sender, recipients, user, encrypted
        self.message = email.message_from_bytes(data)
        self.text = self.message.get_payload()


class _Conversation(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()

    def hear(self):
        line = self.rfile.readline()
        if not line:
            raise ConnectionError
        return line.decode().rstrip("\r\n")

    def encrypt(self):
        self.request = self.server.stand_in.tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")
        self.encrypted = True

    def handle(self):
        stand_in = self.server.stand_in
        with stand_in.lock:
            stand_in.connections += 1
        self.user, self.encrypted = None, False
        try:
            if stand_in.hangs:
                stand_in.released.wait()
                return
            if stand_in.implicit_tls:
                self.encrypt()
            self.say("220 stand-in ESMTP")
            self.converse(stand_in)
        except (OSError, ssl.SSLError):
            pass

    def converse(self, stand_in):
        sender, recipients = None, []
        while True:
            line = self.hear()
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                self.say("250-stand-in")
                if not self.encrypted and stand_in.tls:
                    self.say("250-STARTTLS")
                if self.encrypted:
                    self.say("250-AUTH PLAIN LOGIN")
                self.say("250 8BITMIME")
            elif verb == "STARTTLS":
                self.say("220 go ahead")
                self.encrypt()
            elif verb == "AUTH":
                self.log_in(stand_in, line)
            elif verb == "MAIL":
                sender = line.split("<")[1].split(">")[0]
                self.say("250 ok")
            elif verb == "RCPT":
                with stand_in.lock:
                    refusal = stand_in.refusals.pop(0) if stand_in.refusals else None
                if refusal:
                    self.say(refusal)
                else:
                    recipients.append(line.split("<")[1].split(">")[0])
                    self.say("250 ok")
            elif verb == "DATA":
                self.say("354 go ahead")
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line[1:] if line.startswith(b".") else line)
                with stand_in.lock:
                    stand_in.mails.append(
                        Mail(sender, recipients, b"".join(lines), self.user, self.encrypted)
                    )
                self.say("250 ok")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("502 no")

    def log_in(self, stand_in, line):
        words = line.split(" ")
        if words[1].upper() == "PLAIN":
            if len(words) < 3:
                self.say("334 ")
                words.append(self.hear())
            _, user, password = base64.b64decode(words[2]).decode().split("\0")
        else:
            user, password = [], []
            for prompt, answer in (("VXNlcm5hbWU6", user), ("UGFzc3dvcmQ6", password)):
                self.say(f"334 {prompt}")
                answer.append(base64.b64decode(self.hear()).decode())
            user, password = user[0], password[0]
        if stand_in.accounts.get(user) == password:
            self.user = user
            self.say("235 welcome")
        else:
            self.say("535 no")


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class SmtpStandIn:
    """`mails` fills up. Set `hangs` for a server that takes connections and says nothing, `refusals` to
    answers for the next recipients."""

    def __init__(self, folder=None, implicit_tls=False, accounts=()):
        self.lock, self.released = threading.Lock(), threading.Event()
        self.mails, self.refusals, self.accounts = [], [], dict(accounts)
        self.connections, self.hangs = 0, False
        self.implicit_tls, self.tls, self.ca = implicit_tls, None, None
        if folder:
            self.ca, key = certificate(folder)
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(self.ca, key)
        with socket.socket() as probe:  # the port is kept while the server is away
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.server = None

    def start(self):
        self.server = _Server(("127.0.0.1", self.port), _Conversation)
        self.server.stand_in = self
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self):
        self.released.set()
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def to(self, address):
        with self.lock:
            return [mail for mail in self.mails if address in mail.recipients]
