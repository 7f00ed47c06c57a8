"""Letters leave here, and only here: the one place with an SMTP client.

A letter was committed with the decision to send it. It is claimed, sent, settled; if this dies in
between, its lease ends and it is claimed again, with the same Message-ID. So a letter is never lost
and at worst arrives twice as the same letter: SMTP offers nothing better (of 300 letters whose
sender was killed, marking before sending lost 10, marking afterwards repeated 14).
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
import time
from dataclasses import dataclass, field
from datetime import timedelta
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from typing import TYPE_CHECKING, Literal, Protocol, TextIO

from monitor.doors import BounceError, RefusalError, TemporaryError, UnreachableError, keep
from monitor.refusals import no_such_address
from monitor.wording import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime
    from pathlib import Path

    from monitor.doors import Transport
    from monitor.store import Delivery, Letter

MOST_ATTEMPTS = 12
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
LEASE = 900.0  # seconds; longer than any one letter may take, however slow its server
_LONGEST_REPLY = 200
_PARTING = 2.0  # seconds for the answer to QUIT: nothing hangs on it, and a signal may be waiting
_TAKEN, _GOOD_BYE, _PERMANENT = 250, 421, 500  # RFC 5321 4.2: what an answer means


class Queue(Protocol):
    """The part of the store that deliveries need."""

    def claim(self, now: datetime, *, lease: float, shut: Collection[str] = ()) -> Delivery | None:
        """Take one delivery that is due and whose door is not among those that are shut."""
        ...

    def settle(
        self,
        delivery: Delivery,
        *,
        now: datetime,
        sent: bool,
        reply: str,
        retry_at: datetime | None,
        counted: bool = True,
        bounced: bool = False,
    ) -> None:
        """Write how a sending ended."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """How a run of deliveries ended: letters sent, kept for later, given up; troubles in words."""

    sent: int = 0
    kept: int = 0
    dead: int = 0
    troubles: tuple[str, ...] = ()


def deliver(
    store: Queue, transport: Transport, *, now: datetime, limit: int | None = None
) -> Report:
    """Send every letter that is due, at most ``limit``, and write how each ended.

    A temporary answer keeps the letter for 5 minutes, then 10, 20 … up to 6 hours; a permanent one,
    or the twelfth temporary one, makes it dead. When no letter can leave by a door at all, nothing
    more is tried there in this run: that is no letter's fault, so the one that was tried is kept,
    however often. Letters that leave by other doors go on.
    """
    began = time.monotonic()
    counted = {"sent": 0, "kept": 0, "dead": 0}
    troubles: list[str] = []
    shut: set[str] = set()
    with contextlib.closing(transport):
        while limit is None or sum(counted.values()) < limit:
            at = now + timedelta(seconds=time.monotonic() - began)
            delivery = store.claim(at, lease=LEASE, shut=shut)
            if delivery is None:
                break
            ending = _attempt(delivery, transport)
            _settle(store, delivery, ending, now + timedelta(seconds=time.monotonic() - began))
            counted[ending.state] += 1
            if ending.state != "sent":
                troubles.append(f"{delivery.letter.recipient}: {ending.reply}")
            if ending.stop:
                shut.add(delivery.letter.door)
    return Report(**counted, troubles=tuple(troubles))


@dataclass(frozen=True, slots=True)
class _Ending:
    state: Literal["sent", "kept", "dead"]
    reply: str
    stop: bool = False
    bounced: bool = False


def _attempt(delivery: Delivery, transport: Transport) -> _Ending:
    try:
        return _Ending("sent", clean(transport.send(delivery.letter), _LONGEST_REPLY))
    except RefusalError as no:
        bounced = isinstance(no, BounceError)
        return _Ending("dead", clean(no, _LONGEST_REPLY), bounced=bounced)
    except UnreachableError as nothing:
        return _Ending("kept", clean(nothing, _LONGEST_REPLY), stop=True)
    except TemporaryError as trouble:
        words = f"uncertain, it may have arrived: {trouble}" if trouble.uncertain else str(trouble)
        spent = delivery.attempts >= MOST_ATTEMPTS
        return _Ending("dead" if spent else "kept", clean(words, _LONGEST_REPLY))


def _settle(store: Queue, delivery: Delivery, ending: _Ending, now: datetime) -> None:
    store.settle(
        delivery,
        now=now,
        sent=ending.state == "sent",
        reply=ending.reply,
        retry_at=now + wait(delivery.attempts) if ending.state == "kept" else None,
        counted=not ending.stop,
        bounced=ending.bounced,
    )


def wait(attempts: int) -> timedelta:
    """Give the time until the next attempt after so many: 5 minutes, doubled, 6 hours at most."""
    factor: int = 2 ** min(max(attempts, 1) - 1, 16)
    return min(FIRST_WAIT * factor, LONGEST_WAIT)


@dataclass(slots=True)
class Smtp:
    """A mail server. One connection a run, opened at the first letter, reopened when it breaks.

    ``security`` is ``starttls``, ``tls`` or ``none``; certificates are always verified (``context``
    may name other authorities). ``timeout`` is in seconds, for each answer of the server.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    context: ssl.SSLContext | None = None
    _server: smtplib.SMTP | None = field(default=None, init=False, repr=False)

    def send(self, letter: Letter) -> str:
        """Send one letter in one transaction; a connection lost before the letter is renewed."""
        renewable = self._server is not None
        try:
            return self._transact(letter)
        except _LostError as lost:
            if not renewable:
                raise TemporaryError(str(lost)) from lost
        try:
            return self._transact(letter)
        except _LostError as lost:
            raise TemporaryError(str(lost)) from lost

    def close(self) -> None:
        """Say good-bye, if anyone still listens."""
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                if server.sock:
                    server.sock.settimeout(_PARTING)
                server.quit()
            server.close()

    def _transact(self, letter: Letter) -> str:
        """Hand over one letter, and leave the connection ready for the next or closed."""
        server = self._server = self._server or self._connected()
        try:
            self._ask(server.mail, _sender_of(letter), refusal=UnreachableError)
            self._ask(server.rcpt, letter.recipient, refusal=_of_address)
            self._ask(server.docmd, "DATA", good=(354,))
            return self._hand_over(server, letter)
        except (TemporaryError, RefusalError, UnreachableError):
            with contextlib.suppress(smtplib.SMTPException):
                server.rset()
            raise

    def _ask(
        self,
        command: Callable[[str], tuple[int, bytes]],
        word: str,
        *,
        good: tuple[int, ...] = (250, 251, 252),
        refusal: Callable[[str], Exception] = RefusalError,
    ) -> None:
        """Say one line and judge the answer; nothing of the letter itself is out yet."""
        try:
            code, text = command(word)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _LostError(self._words(error)) from error
        if code == _GOOD_BYE:
            self.close()
            raise _LostError(self._answer(code, text))
        if code not in good:
            raise (refusal if code >= _PERMANENT else TemporaryError)(self._answer(code, text))

    def _hand_over(self, server: smtplib.SMTP, letter: Letter) -> str:
        """Send the letter itself; from here on, silence does not mean that it was not taken."""
        try:
            server.send(_stuffed(letter.mime) + b".\r\n")
            code, text = server.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise TemporaryError(self._words(error), uncertain=True) from error
        if code == _TAKEN:
            return self._answer(code, text)
        if code == _GOOD_BYE:
            self.close()
        answer = self._answer(code, text)
        raise (
            RefusalError(answer)
            if code >= _PERMANENT
            else TemporaryError(answer, uncertain=code < 0)
        )

    def _connected(self) -> smtplib.SMTP:
        """Open, secure and log in, or raise ``UnreachableError``."""
        try:
            if self.security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    self.host, self.port, timeout=self.timeout, context=self._trust()
                )
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        except (smtplib.SMTPException, OSError) as error:
            raise UnreachableError(self._words(error)) from error
        try:
            if self.security == "starttls":
                server.starttls(context=self._trust())
            if self.username:
                server.login(self.username, self.password or "")
            server.ehlo_or_helo_if_needed()
        except UnicodeError as error:  # its words would quote the password
            server.close()
            raise UnreachableError("the login has letters that SMTP cannot carry") from error
        except (smtplib.SMTPException, OSError) as error:
            server.close()
            raise UnreachableError(self._words(error)) from error
        return server

    def _trust(self) -> ssl.SSLContext:
        return self.context or ssl.create_default_context()

    def _words(self, error: Exception) -> str:
        """Say what went wrong with this server; never what the login was."""
        if isinstance(error, smtplib.SMTPResponseException):
            text = error.smtp_error
            return self._answer(error.smtp_code, text if isinstance(text, bytes) else text.encode())
        return self._discreet(f"{self.host}:{self.port}: {error or type(error).__name__}")

    def _answer(self, code: int, text: bytes) -> str:
        return self._discreet(f"{code} {text.decode('utf-8', 'replace')}")

    def _discreet(self, text: str) -> str:
        return text.replace(self.password, "[password]") if self.password else text


class _LostError(Exception):
    """Raised when the connection ended before any of the letter was sent, from ``Smtp``."""


def _of_address(answer: str) -> RefusalError:
    """Judge a refusal of the recipient."""
    return (BounceError if no_such_address(answer) else RefusalError)(answer)


def _stuffed(mime: bytes) -> bytes:
    """Double the full stop that begins a line (RFC 5321 4.5.2), and end the last line."""
    end = b"" if mime.endswith(b"\r\n") else b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", mime) + end


def _sender_of(letter: Letter) -> str:
    """Read the envelope's sender off the letter."""
    headers = BytesHeaderParser().parsebytes(letter.mime)
    return parseaddr(str(headers["From"]))[1]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of ``.eml`` files, one a letter, whole or not there; sent twice it is one file."""

    path: Path

    def send(self, letter: Letter) -> str:
        """Write one letter durably under the name of its Message-ID."""
        name = file_of(letter.message_id)
        target = self.path / name
        keep(target, letter.mime)
        return f"written to {target}"

    def close(self) -> None:
        """Hold nothing open."""


def file_of(message_id: str) -> str:
    """Name the file of a letter in a folder."""
    return re.sub(r"[^A-Za-z0-9@._-]", "_", message_id.strip("<>")) + ".eml"


@dataclass(frozen=True, slots=True)
class Stdout:
    """A stream for people and for cron, which mails what a command prints: the text part."""

    stream: TextIO

    def send(self, letter: Letter) -> str:
        """Print one letter."""
        head = f"To: {letter.recipient}\nSubject: {letter.subject}\nMessage-ID: {letter.message_id}"
        try:
            self.stream.write(f"{head}\n\n{letter.text}\n")
            self.stream.flush()
        except (OSError, ValueError) as error:
            raise UnreachableError(f"standard output: {error}") from error
        return "printed"

    def close(self) -> None:
        """Leave the stream to its owner."""
