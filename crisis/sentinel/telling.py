"""How the receiver tells people: a command of the district's own, a mail, or both. Neither uses our telephone line."""

import logging
import os
import shlex
import smtplib
import subprocess
from dataclasses import dataclass
from email.message import EmailMessage

from crisis.errors import Reason, Refused
from crisis.notify.smtp import Server, talk
from crisis.settings import ReceiverSettings

WITHIN = 20.0  # seconds

SILENT = (
    "Crisis has gone silent",
    "No heartbeat for 90 seconds. Paging may not be working. Use the printed call tree, and have the operator look at "
    "the server now. In danger call 911.",
)
BACK = ("Crisis is heard again", "Heartbeats have come back. Look at the console before you put the call tree away.")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Telling:
    settings: ReceiverSettings

    def __call__(self, silent: bool) -> bool:
        """Whether at least one way worked."""
        log.warning("heartbeats have stopped" if silent else "heartbeats are back")
        ways = []
        if self.settings.receiver_command:
            ways.append(self._command(silent))
        if self.settings.receiver_mail_to:
            ways.append(self._mail(silent))
        return any(ways)

    def _command(self, silent: bool) -> bool:
        environment = {**os.environ, "CRISIS_HEARTBEAT": "silent" if silent else "back"}
        words = shlex.split(self.settings.receiver_command)
        try:
            subprocess.run(words, env=environment, timeout=WITHIN, check=True)  # noqa: S603  # the operator's own words
        except (OSError, subprocess.SubprocessError) as error:
            log.error("the alarm command failed: %s", type(error).__name__)
            return False
        return True

    def _mail(self, silent: bool) -> bool:
        message = EmailMessage()
        message["Subject"], body = SILENT if silent else BACK
        message["From"], message["To"] = self.settings.receiver_mail_from, self.settings.receiver_mail_to
        message.set_content(body)
        try:
            self._send(message)
        except (OSError, smtplib.SMTPException) as error:
            log.error("the alarm mail failed: %s", type(error).__name__)
            return False
        return True

    def _send(self, message: EmailMessage) -> None:
        """Always under TLS."""
        known = self.settings
        server = Server(
            host=known.receiver_smtp_host,
            port=known.receiver_smtp_port,
            user=known.receiver_smtp_user,
            secret=known.receiver_smtp_secret.get_secret_value(),
            ca=known.receiver_smtp_ca,
        )
        with talk(server, WITHIN) as spoken:
            spoken.send_message(message)


def telling(settings: ReceiverSettings) -> Telling:
    """Raises `Refused` with what is missing: a receiver that can tell nobody watches for nothing."""
    if not settings.receiver_command and not settings.receiver_mail_to:
        raise Refused(Reason("HEARTBEAT", "Set receiver_command or receiver_mail_to: it could tell nobody"))
    if settings.receiver_mail_to and not (settings.receiver_smtp_host and settings.receiver_mail_from):
        raise Refused(Reason("HEARTBEAT", "Set receiver_smtp_host and receiver_mail_from: a mail needs both"))
    if len(settings.heartbeat_secret.get_secret_value()) < 16:
        raise Refused(Reason("HEARTBEAT", "Set heartbeat_secret to at least 16 characters, the same on both machines"))
    return Telling(settings)
