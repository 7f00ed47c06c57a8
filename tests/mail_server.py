"""A mail server on loopback whose answers a test scripts; it remembers every letter it took."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
DROP = "hang up without an answer"
SILENT = "hold the line without an answer"


class MailServer(Controller):
    """Takes every letter but for ``script``: answers to a command or an address, one by one.

    An answer is what is said, ``None`` for yes, ``DROP``, ``SILENT``, or a function that gives one.
    After 421 the line is cut. A letter whose answer is no refusal counts as taken, heard or not.
    ``dialled`` counts connections, ``received`` holds the envelopes.
    """

    def __init__(self, script=None, *, port=0, **options):
        self.script = {word: list(answers) for word, answers in (script or {}).items()}
        self.received, self.dialled = [], 0
        super().__init__(self, HOST, port, server_hostname="mx.reader.example", **options)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def contents(self):
        """Give the bytes of the letters taken, in order."""
        return [envelope.content for envelope in self.received]

    @property
    def recipients(self):
        """Give who the letters taken were for, in order."""
        return [address for envelope in self.received for address in envelope.rcpt_tos]

    def factory(self):
        self.dialled += 1
        return super().factory()

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
        self.dialled = 0

    async def handle_MAIL(self, line, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if said := await self._answer(line, "MAIL"):
            return said
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, line, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if said := await self._answer(line, address if address in self.script else "RCPT"):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, line, _session, envelope):  # noqa: N802 - aiosmtpd's name
        return await self._answer(line, "DATA", envelope) or "250 OK queued"

    async def _answer(self, line, command, envelope=None):
        answers = self.script.get(command)
        said = answers.pop(0) if answers else None
        refusal = isinstance(said, str) and said not in (DROP, SILENT)
        if envelope and not refusal:
            self.received.append(envelope)
        if callable(said):
            said = said()
        if said is DROP:
            line.transport.abort()
        elif said and said.startswith("421"):
            await line.push(said)
            line.transport.close()
        elif said is not SILENT:
            return said
        return await asyncio.Event().wait()  # until the loss of the connection ends this


def unused_port():
    """Give a port on which nobody listens."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return taken.getsockname()[1]


def login(name, password, refusal="535 5.7.8 Authentication credentials invalid"):
    """Give the authenticator of a server that knows one login."""

    def judge(_server, _session, _envelope, _mechanism, given):
        known = (given.login, given.password) == (name.encode(), password.encode())
        said = None if known else refusal.format(given.password.decode())
        return AuthResult(success=known, handled=False, message=said)

    return judge


def certified(folder, *, days=(-1, 1)):
    """Make a certificate of this host and give the contexts of a server and of who trusts it.

    It is good from so many days from now until so many.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.reader.example")])
    now = datetime.now(UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, secret)
    return server, ssl.create_default_context(cafile=str(certificate))
