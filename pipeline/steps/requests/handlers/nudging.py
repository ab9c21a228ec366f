"""What a coordinator may do for the organisations of the own region: ПРОДЛИТЬ, НАПОМНИТЬ, ПОВТОРИТЬ; each on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.cabinet import summary
from pipeline.catalogue import MOSCOW, format_instant
from pipeline.mail.addresses import readable
from pipeline.mail.commands.moments import read_moment
from pipeline.mail.commands.words.nudging import EXTEND, REMIND, REPEAT, login_and_publication
from pipeline.mail.letters.data import LetterData
from pipeline.mail.letters.kinds.extension_result import ExtensionResultLetter, GrantedRow
from pipeline.mail.letters.kinds.extension_wanted import ExtensionWantedLetter
from pipeline.mail.letters.kinds.reminded import Leaving, PassedOver, RemindedLetter, RemindedRow
from pipeline.mail.letters.kinds.repeated import RepeatedLetter, SentAgain, SentBefore
from pipeline.model import Hours, IssueHow, Login, Participant, Publication
from pipeline.model.audit import Deed
from pipeline.steps.answers import packing
from pipeline.steps.answers.capping import DAY
from pipeline.steps.answers.packing import Product
from pipeline.steps.base.resting import leaving
from pipeline.steps.letters.publications import attached_files
from pipeline.steps.letters.writing import ANSWER, Reply, Subject, Terms, new_letter
from pipeline.steps.mailings import reminder
from pipeline.steps.mailings.extension import (
    By,
    Scope,
    grant,
)
from pipeline.steps.record import health
from pipeline.steps.requests import choosing
from pipeline.steps.requests.again import letter_to_organisation
from pipeline.steps.requests.registry import handles
from pipeline.steps.requests.request import Request
from pipeline.store import (
    audit,
    extensions,
    issued,
    letters,
    participations,
    publications,
    roster,
)
from pipeline.store.base import turns

_LONGEST_REASON = 300


@handles(EXTEND)
def extend(request: Request) -> bool:
    """«ПРОДЛИТЬ логин до …»: at once as far as ``coordinator_days`` allow, beyond that support is asked."""
    code, _, words = request.command.argument.partition(" до ")
    login = roster.organisation_of(request.session, code.strip(), request.login.region)
    if login is None:
        return _not_extended(request, "unknown_login", code)
    if unknown := _unknown(request, request.command.publication):
        return _not_extended(request, unknown, login.code, named=request.command.publication)
    about = _extendable(request, login)
    if len(about) != 1:
        return _not_extended(request, "several" if about else "not_asked", login.code)
    turns.take(request.session, about[0].code)
    publication = extensions.by_login(request.session, about[0].code).own(about[0], login)
    collection = publication.collection
    assert collection is not None  # only collections are extendable
    now = request.answers.now
    usual = collection.closes_at.astimezone(MOSCOW).timetz().replace(tzinfo=None)
    found = read_moment(words.strip(), now, usual)
    if found is None:
        return _not_extended(request, "unclear", login.code, publication, words=words.strip())
    until, why = found[0], found[1][:_LONGEST_REASON]
    if until <= max(now, collection.closes_at):
        given = collection.extended_from is not None and until == collection.closes_at
        result = "past" if until <= now else "already" if given else "not_later"
        return _not_extended(request, result, login.code, publication, until=until)
    furthest = (collection.extended_from or collection.closes_at) + _days(request)
    if until > furthest:
        return _passed_on(request, login, publication, until, furthest, why)
    return _granted(request, login, publication, until, why)


def _days(request: Request) -> timedelta:
    return timedelta(days=request.answers.context.limits.reminding.coordinator_days)


def _granted(request: Request, login: Login, publication: Publication, until: datetime, why: str) -> bool:
    answers = request.answers
    by = By(_who(request), why, request.judgement.receipt.id, coordinator=True)
    granted = grant(answers.context, request.session, publication, [Scope(login)], until, by, answers.now)
    answers.queued += [*granted.letters, *granted.closings]
    letter = ExtensionResultLetter(
        result="done",
        asked=login.code,
        organisation=login.name,
        until=until,
        granted=GrantedRow(
            why=why,
            letters=len(granted.letters),
            at=granted.at if granted.at > answers.now else None,
            untold=bool(granted.untold),
            reopened=len(granted.reopened),
        ),
    )
    answers.to_sender(letter, request.login, publication)
    return True


def _leaving(request: Request, closes_at: datetime | None) -> datetime:
    """When a letter to an organisation leaves: not at night, unless it would come too late in the morning."""
    answers = request.answers
    at = leaving(answers.context.limits, answers.now)
    return answers.now if closes_at is not None and closes_at <= at else at


def _passed_on(
    request: Request, login: Login, publication: Publication, until: datetime, furthest: datetime, why: str
) -> bool:
    """Longer than a coordinator may: an operator gets it with the command that would do it."""
    moment = f"{until.astimezone(MOSCOW):%Y-%m-%d %H:%M}"
    wanted = ExtensionWantedLetter(
        asked=login.code,
        organisation=login.name,
        until=until,
        why=why,
        sender=readable(request.judgement.message.sender or ""),
        command=f'kabinet extend {publication.code} --login {login.code} --until "{moment}" --reason "…"',
        answer_to=request.judgement.message.sender or "",
    )
    request.answers.to_support(wanted, request.login, publication)
    _note(request, "passed_on", publication, login.code, login.region, format_instant(until), why)
    letter = ExtensionResultLetter(
        result="passed_on",
        asked=login.code,
        organisation=login.name,
        until=until,
        furthest=furthest if furthest > request.answers.now and _days(request) else None,
    )
    request.answers.to_sender(letter, request.login, publication)
    return True


def _not_extended(
    request: Request,
    why: str,
    code: str,
    publication: Publication | None = None,
    *,
    until: datetime | None = None,
    words: str = "",
    named: str = "",
) -> bool:
    letter = ExtensionResultLetter(result=why, asked=code, until=until, words=words, named=named)
    return _refused(request, letter, why, code, publication)


@handles(REMIND)
def remind(request: Request) -> bool:
    """«НАПОМНИТЬ»: those of the region who have not handed in, or the one login named, within the usual limits."""
    argument, place, login = request.command.argument, request.command.publication, None
    if argument and (place or (request.named is None and not argument.isdecimal())):
        login = roster.organisation_of(request.session, argument, request.login.region)
        if login is None:
            return _not_reminded(request, "unknown_login", argument)
    written = place or (argument if login is None else "")
    if unknown := _unknown(request, written):
        return _not_reminded(request, unknown, login.code if login else "", named=written)
    about = [request.named] if request.named is not None else _open(request)
    made: list[Product[RemindedRow]] = []
    for publication in about:
        people = _people(request, publication, login)
        if people:
            made.append(Product(publication, _remind(request, publication, people, login)))
    if not made:
        return _not_reminded(request, "not_asked" if about else "nothing_open", login.code if login else "")
    now, limits = request.answers.now, request.answers.context.limits
    at = leaving(limits, now, Hours.WORKING)  # as ``reminder.choose`` has it
    one = made[0].row if len(made) == 1 else None
    letter = RemindedLetter(
        result="done",
        asked=login.code if login else "",
        written=sum(item.row.written for item in made),
        letters=one.letters if one else None,
        passed_over=one.passed_over if one else None,
        several=packing.several(made) if one is None else (),
        when=Leaving(at=at if at > now else None, most=limits.reminding.most),
    )
    request.answers.to_sender(letter, request.login, packing.publication_of(made))
    return True


def _not_reminded(request: Request, why: str, code: str, *, named: str = "") -> bool:
    return _refused(request, RemindedLetter(result=why, asked=code, named=named), why, code)


def _people(request: Request, publication: Publication, login: Login | None) -> list[Participant]:
    if login is None:
        return participations.participants(request.session, publication.code, request.login.region)
    part = participations.participation(request.session, publication.code, login.code)
    return [Participant(login, part)] if part is not None else []


def _remind(
    request: Request, publication: Publication, people: Sequence[Participant], login: Login | None
) -> RemindedRow:
    """Queue what is due of one collection and return what the coordinator reads about it."""
    session, answers = request.session, request.answers
    turns.take(session, publication.code)
    asked_by = f"asked:{request.judgement.receipt.id}"
    chosen = reminder.choose(answers.context, session, publication, people, answers.now, asked_by)
    made = reminder.enqueue(answers.context, session, chosen.wanted, answers.now)
    answers.queued += made
    over = chosen.passed_over
    code = login.code if login else None
    _note(request, "reminded", publication, code, request.login.region, f"{len(chosen.wanted)}")
    return RemindedRow(
        written=len(chosen.wanted),
        letters=len(made),
        passed_over=PassedOver(
            handed_in=over["handed_in"],
            recently=over["recently"],
            enough=over["enough"],
            no_address=over["no_address"],
            closed=over["closed"],
        ),
    )


# ПОВТОРИТЬ


@handles(REPEAT)
def repeat(request: Request) -> bool:
    """«ПОВТОРИТЬ логин»: the letter of one publication once more, with the form as it stands, to living addresses.

    Which one is named after the login, or it is that of the letter answered, or the only one whose collection takes
    returns of the login; of several the coordinator is asked which.
    """
    session, answers = request.session, request.answers
    code, named = login_and_publication(request.command)
    if request.command.publication not in ("", named):
        return False  # two publications: a question
    login = roster.organisation_of(session, code, request.login.region)
    if login is None:
        return _not_repeated(request, RepeatedLetter(result="unknown_login", asked=code))
    found = _to_repeat(request, login, named)
    if isinstance(found, str):
        return _not_repeated(request, RepeatedLetter(result=found, asked=login.code, named=named))
    if len(found) > 1:
        choosing.ask_which(request, found)
        return True
    publication = extensions.by_login(session, found[0].code).own(found[0], login)
    living = health.living(session, login.addresses)
    closes_at = publication.collection.closes_at if publication.collection else None
    if closes_at is not None and closes_at < answers.now:
        return _not_repeated(request, RepeatedLetter(result="closed", asked=login.code), publication)
    if not living:
        return _not_repeated(request, RepeatedLetter(result="no_address", asked=login.code))
    if (before := _repeated(request, login, publication)) is not None:
        return _not_repeated(request, before, publication)
    at = _leaving(request, closes_at)
    _send_again(request, publication, replace(login, addresses=tuple(living)), at)
    _note(request, "repeated", publication, login.code, login.region, ", ".join(living))
    letter = RepeatedLetter(
        result="done",
        asked=login.code,
        organisation=login.name,
        sent=SentAgain(
            titles=(publication.title,),
            addresses=tuple(map(readable, living)),
            dead=tuple(address for address in login.addresses if address not in living),
            at=at if at > answers.now else None,
        ),
    )
    answers.to_sender(letter, request.login, publication)
    return True


def _not_repeated(request: Request, letter: RepeatedLetter, publication: Publication | None = None) -> bool:
    return _refused(request, letter, letter.result, letter.asked, publication)


def _to_repeat(request: Request, login: Login, named: str) -> list[Publication] | str:
    """The publications that may be meant, or why there is none."""
    session, now = request.session, request.answers.now
    if named:
        seen = summary.visible([standing.publication for standing in publications.issued(session)], login, now)
        found = summary.exactly(seen, named, request.login.code)
        return [found] if found is not None else "unknown_publication"
    about = request.about
    if about is not None:
        return summary.visible([about], login, now) or "not_theirs"
    return summary.visible(extensions.open_for(session, login, now), login, now) or "nothing_open"


def _repeated(request: Request, login: Login, publication: Publication) -> RepeatedLetter | None:
    """Return what to say when this letter was repeated within the hour, or ``login`` has had the day's most, else None.

    A letter that is asked for at night counts when it leaves. The record of deeds knows whoever asked.
    """
    limits, now = request.answers.context.limits, request.answers.now
    deeds = audit.times(request.session, "repeated", login.code, now - 2 * DAY)
    left = sorted((leaving(limits, at), code) for at, code in deeds)
    recent = [at for at, _ in left if at > now - DAY]
    same = [at for at, code in left if code == publication.code and at > now - limits.reminding.repeat_gap]
    free = [at + limits.reminding.repeat_gap for at in same]
    if len(recent) >= limits.reminding.repeat_most:
        free.append(recent[-limits.reminding.repeat_most] + DAY)
    if not free:
        return None
    waits = same[-1] if same and same[-1] > now else None
    last = same[-1] if same else None
    before = SentBefore(last=last, next=max(free), at=waits, most=limits.reminding.repeat_most)
    return RepeatedLetter(result="already" if last else "enough", asked=login.code, before=before)


def _send_again(request: Request, publication: Publication, login: Login, at: datetime) -> None:
    """The letter of the publication as it is now, leaving ``at``; the organisation's own answers do not count it."""
    session, answers = request.session, request.answers
    receipt_id, context = request.judgement.receipt.id, answers.context
    data, specs = letter_to_organisation(request, publication, login, again="repeated")
    expires_at = None
    if publication.collection is not None:
        expires_at = min(publication.collection.closes_at, at + context.limits.sending.letter_life)
    terms = Terms(ANSWER, reply=Reply(receipt_id), expires_at=expires_at)
    key, about = f"repeated:{receipt_id}:{publication.code}:{login.code}", Subject(login, publication)
    made = [
        new_letter(context, f"{key}:{address}", data, address, about, at, terms, specs) for address in login.addresses
    ]
    queued = letters.enqueue_all(session, made, answers.now)
    for letter_id in queued:
        issued.add(
            session, letter_id, publication.code, login.code, attached_files(publication, login), IssueHow.ATTACHED
        )
    answers.queued += queued


def _unknown(request: Request, written: str) -> str:
    """Why there is no collection in the publication that was ``written``, "" where there is one, or none was."""
    if not written:
        return ""
    if request.named is None:
        return "unknown_publication"
    return "" if request.named.collection is not None else "no_collection"


def _open(request: Request) -> list[Publication]:
    """The collections that still take returns of somebody: that of the message, or all."""
    open_ones = extensions.open_collections(request.session, request.answers.now)
    about = request.about
    return [item for item in open_ones if about is None or about.collection is None or item.code == about.code]


def _extendable(request: Request, login: Login) -> list[Publication]:
    """The collections that ``login`` takes part in: the one written about, or those open or closed not long ago."""
    about, now = request.about, request.answers.now
    recent = timedelta(days=max(request.answers.context.limits.reminding.coordinator_days, 1))
    found = []
    for publication in publications.publications(request.session, out_at=request.answers.now):
        collection = publication.collection
        if collection is None or collection.opens_at > now:
            continue
        if about is not None and about.collection is not None:
            wanted = publication.code == about.code
        else:
            wanted = collection.closes_at + recent >= now
        if wanted and participations.participation(request.session, publication.code, login.code) is not None:
            found.append(publication)
    return found


def _refused(request: Request, letter: LetterData, why: str, code: str, publication: Publication | None = None) -> bool:
    """Say why nothing was done; who asked for it stays on record."""
    publication = publication or request.about
    _note(request, "refused", publication, code, None, f"{request.command.name}: {why}")
    request.answers.to_sender(letter, request.login, publication)
    return True


def _who(request: Request) -> str:
    return f"{request.login.code} <{request.judgement.message.sender or ''}>"


def _note(
    request: Request,
    what: str,
    publication: Publication | None,
    login: str | None,
    region: str | None,
    detail: str,
    why: str = "",
) -> None:
    code = publication.code if publication else None
    receipt_id, now = request.judgement.receipt.id, request.answers.now
    audit.note(request.session, Deed(now, _who(request), what, code, login, region, detail, why, receipt_id))
