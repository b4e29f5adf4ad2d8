"""The forms of the page My paging: an e-mail address, its code, and a browser that shows messages."""

from fastapi import Request
from pydantic import Field

from crisis import clock
from crisis.errors import Reason, Refused
from crisis.notify.push import Push
from crisis.notify.smtp import Mailer
from crisis.notify.wording_beside import mailed_code
from crisis.store import extra_ways
from crisis.store.extra_ways import Subscription
from crisis.vocabulary import AttemptOutcome
from web.deps import ID, Desk
from web.forms import Sent
from web.words import N_


class MyPagingForm(Sent):
    def carry_out(self, desk: Desk, request: Request) -> None:
        raise NotImplementedError


class GiveEmail(MyPagingForm):
    email: str = Field(title=N_("E-mail address"))

    def carry_out(self, desk: Desk, request: Request) -> None:
        """The code goes out with no transaction open; the address counts once it has come back."""
        mailer = mailer_of(request)
        if mailer is None:
            raise Refused(Reason("EMAIL", "E-mail is not set up here; ask the operator"))
        with desk.store.write() as tx:
            code = extra_ways.give_email(tx, desk.person, self.email, desk.at)
        mail = mailed_code(code, desk.language)
        if mailer.send(self.email, mail.subject, mail.body, clock.new_id()) is not AttemptOutcome.ACCEPTED:
            text = "The mail server did not take the message; check the address, or try again later"
            raise Refused(Reason("EMAIL", text))


class ConfirmEmail(MyPagingForm):
    code: str = Field(title=N_("Code from the e-mail"), max_length=20)

    def carry_out(self, desk: Desk, request: Request) -> None:
        with desk.store.write() as tx:
            right = extra_ways.confirm_email(tx, desk.person, self.code.replace(" ", ""), desk.at)
        if not right:
            raise Refused(Reason("EMAIL", "This is not the code; look for the newest e-mail"))


class DropEmail(MyPagingForm):
    def carry_out(self, desk: Desk, request: Request) -> None:
        with desk.store.write() as tx:
            extra_ways.drop_email(tx, desk.person, desk.at)


class Subscribe(MyPagingForm):
    """As the browser made itself known; the script of the page fills it in."""

    endpoint: str
    p256dh: str
    auth: str

    def carry_out(self, desk: Desk, request: Request) -> None:
        push = push_of(request)
        if push is None:
            raise Refused(Reason("PUSH", "Push messages are not switched on here; ask the operator"))
        made = Subscription(
            id=clock.new_id(),
            person=desk.person,
            endpoint=self.endpoint,
            key=self.p256dh,
            auth=self.auth,
            language=desk.language,
            added_at=desk.at,
        )
        push.check(made)
        with desk.store.across.write() as tx:  # the browser may have been somebody's in another district
            extra_ways.subscribe(tx, made)


class Unsubscribe(MyPagingForm):
    id: str = Field(pattern=ID)

    def carry_out(self, desk: Desk, request: Request) -> None:
        with desk.store.write() as tx:
            extra_ways.unsubscribe(tx, desk.person, self.id, desk.at)


MY_PAGING_FORMS: dict[str, type[MyPagingForm]] = {
    "email": GiveEmail,
    "confirm-email": ConfirmEmail,
    "drop-email": DropEmail,
    "push": Subscribe,
    "drop-push": Unsubscribe,
}


def mailer_of(request: Request) -> Mailer | None:
    found = request.app.state.mailer
    assert found is None or isinstance(found, Mailer)
    return found


def push_of(request: Request) -> Push | None:
    found = request.app.state.push
    assert found is None or isinstance(found, Push)
    return found
