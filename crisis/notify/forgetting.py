"""What providers keep of old texts and calls is deleted there too, with the number, the text and when (3.6).

What people write to us goes there as soon as it is recorded and dealt with here; what we sent, after a week.

The row by which a text is known stays until its provider has said that it is gone: a worker that is killed, or an
answer that never came, is made up for at the next turn. A provider deletes what is deleted already without harm.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crisis.notify.gateway import Lines
from crisis.store import inbox, outbox, outgoing
from crisis.store.engine import Store
from crisis.store.inbox import Copy
from crisis.store.outgoing import Outgoing
from crisis.vocabulary import Channel

log = logging.getLogger(__name__)
AT_ONCE = 50  # of a turn: a provider allows some hundred questions a minute, and pages go first


@dataclass(frozen=True, slots=True)
class Forgetting:
    store: Store
    lines: Lines
    now: Callable[[], datetime]

    def turn(self) -> bool:
        """Whether anything was forgotten. A page that is due goes first."""
        with self.store.read() as tx:
            if outbox.page_is_due(tx, self.now()):
                return False
            old = outgoing.to_forget(tx, self.now(), AT_ONCE)
            came = inbox.to_forget(tx, self.now(), AT_ONCE)
        done = [*(self._one(each) for each in old), *(self._copy(each) for each in came)]
        if not all(done):
            log.warning("providers have not deleted %s of %s old texts and calls yet", done.count(False), len(done))
        return any(done)

    def _copy(self, copy: Copy) -> bool:
        """A text that came in. An account that is none of ours any more cannot be asked."""
        provider = self.lines.holder(copy.account)
        gone = provider is None or provider.forget(Channel.TEXT, copy.sid) is not None
        if gone:
            with self.store.write() as tx:
                inbox.gone_at(tx, [copy])
        return gone

    def _one(self, out: Outgoing) -> bool:
        """One that no provider was named for, or that is none of ours any more, goes by its time."""
        line, gone = self.lines.of(out.mode), []
        for name, asked in out.asked.items():
            provider = None if line is None else line.provider(name)
            if not asked.sid or (provider is not None and provider.forget(out.channel, asked.sid) is not None):
                gone.append(name)
        if gone:
            with self.store.write() as tx:
                outgoing.gone_at(tx, out.reference, gone)
        return len(gone) == len(out.asked)
