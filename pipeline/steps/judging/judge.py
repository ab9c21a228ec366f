"""Judging: archived bytes → what the message is, which rule decides, who wrote, and which workbooks it brings.

Reads the store, changes nothing: a verdict can be had again at any time from the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

from pipeline.forms.checking.check import Checked
from pipeline.forms.definition.form import FormDefinition
from pipeline.forms.locating.locate import (
    Carriers,
    carriers,
)
from pipeline.forms.reading.foreign import read_any
from pipeline.forms.reading.read import UnreadableWorkbook
from pipeline.forms.workbooks.workbook import RawWorkbook
from pipeline.mail.identity import (
    Assessment,
    Origin,
    TagsFound,
    assess,
    is_sample,
    origin_of,
    tags_in,
    without_samples,
)
from pipeline.mail.kinds.classify import (
    Classification,
    classify,
)
from pipeline.mail.message.parse import (
    Attachment,
    ParsedMessage,
    parse,
)
from pipeline.mail.rules.ruleset import (
    Decision,
    Facts,
)
from pipeline.model import Login, Publication, Receipt, Role
from pipeline.model.reason import conflict
from pipeline.steps.base.context import Context
from pipeline.steps.judging.questions import question_answered
from pipeline.steps.letters.rendering import form_of
from pipeline.store import Session, publications, receipts, roster

QUESTION_ANSWERED = Decision("support-answers", "answer_question")  # it names one of our letters, which no rule can see
TOO_LARGE = Decision("too_large", "too_large")  # only its header was fetched, so no rule can see what it is
OF_A_TRIAL = Decision("trial-letter", "trial")  # it answers a letter that counts for nothing (``steps.trying``)
MOST_WORKBOOKS = 50  # a municipal office may answer for all its schools in one letter; more is a person's case

_OF_ROBOTS = frozenset({"bounce", "file", "ignore"})


@dataclass
class Item:
    """One workbook of a message on its way through reading, identification and checking; ``notes`` are the reader's."""

    attachment: Attachment
    workbook: RawWorkbook | None
    unreadable: UnreadableWorkbook | None
    carriers: Carriers | None
    assessment: Assessment
    login: Login | None = None
    publication: Publication | None = None
    form: FormDefinition | None = None
    checked: Checked | None = None
    reason: str | None = None
    notes: tuple[str, ...] = ()


@dataclass
class Judgement:
    """What is known of one receipt before anything is written.

    ``registered``: the writer may act for ``login``, by the address or because the message was released. ``origin``: of
    what was released nothing is in doubt any more. In a ``rehearsal``, to be rolled back, what the message brought
    before is not in the way. ``question`` is the receipt of the question that support answers with it.
    """

    receipt: Receipt
    message: ParsedMessage
    classification: Classification
    decision: Decision
    assessment: Assessment
    login: Login | None
    publication: Publication | None
    registered: bool
    origin: Origin
    tags: TagsFound
    items: list[Item] = field(default_factory=list)
    rehearsal: bool = False
    question: int | None = None


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a message says of itself, before the store is asked anything; ``fetched`` is False for a header alone."""

    receipt: Receipt
    message: ParsedMessage
    classification: Classification
    tags: TagsFound
    fetched: bool


def recognise(context: Context, receipt: Receipt) -> Recognised:
    """Return what the archived bytes of one receipt are."""
    data = context.archive.get(receipt.sha256)
    message = parse(data, partial(context.isolated.run, "tnef"))
    classification = classify(message, context.own_addresses)
    tags = tags_in(message, context.tagger, context.sender.address)
    return Recognised(receipt, message, classification, tags, receipt.size <= len(data))


def judge(context: Context, session: Session, recognised: Recognised) -> Judgement:
    """Return the judgement of one message."""
    receipt, message, classification = recognised.receipt, recognised.message, recognised.classification
    tags, of_a_trial = without_samples(recognised.tags, context.tagger)
    sender_logins = roster.logins_of_address(session, message.sender) if message.sender else []
    origin = origin_of(message, context.authserv_id)
    assessment = _vouched(context, receipt, assess(message.sender, sender_logins, tags, (), origin, context.tagger))
    publication = _publication(session, assessment.publication)
    facts = Facts.of(message, classification, assessment.trust, publication.section if publication else "")
    judgement = Judgement(
        receipt=receipt,
        message=message,
        classification=classification,
        decision=context.rules.decide(facts) if recognised.fetched else TOO_LARGE,
        assessment=assessment,
        login=roster.login(session, assessment.login) if assessment.login else None,
        publication=publication,
        registered=False,
        origin=origin if receipt.released_as is None else Origin(proven=True),
        tags=tags,
    )
    if recognised.fetched and not origin.doubt:
        judgement.question = question_answered(context, session, message, classification)
    if judgement.question is not None:
        judgement.decision = QUESTION_ANSWERED
        judgement.classification = replace(classification, kind="question", why="support answers a question")
    if of_a_trial and judgement.decision.action not in _OF_ROBOTS:
        judgement.decision = OF_A_TRIAL
    if judgement.decision.action == "return":
        for attachment in classification.workbooks[:MOST_WORKBOOKS]:
            item = _read(context, attachment, assessment)
            if item.carriers and item.carriers.tokens:
                weighed = assess(message.sender, sender_logins, tags, item.carriers.tokens, origin, context.tagger)
                item.assessment = _vouched(context, receipt, weighed)
            item.reason = _distrust(context, session, judgement, item.assessment)
            _identify(session, item)
            judgement.items.append(item)
        if any(_is_trial(context, item) for item in judgement.items):
            judgement.decision, judgement.items = OF_A_TRIAL, []
        _adopt(judgement)
    if receipt.released_as is not None:
        judgement.login = roster.login(session, receipt.released_as) or judgement.login
    judgement.registered = receipt.released_as is not None or is_registered(judgement.login, message.sender)
    return judgement


def _is_trial(context: Context, item: Item) -> bool:
    """Whether a workbook came with a letter that counts for nothing."""
    return item.carriers is not None and any(is_sample(token, context.tagger) for token in item.carriers.tokens)


def is_registered(login: Login | None, sender: str | None) -> bool:
    """Whether ``sender`` is an address of ``login``."""
    return login is not None and sender in {address.lower() for address in login.addresses}


def _vouched(context: Context, receipt: Receipt, assessment: Assessment) -> Assessment:
    """A message that somebody entitled released is that login's, as far as it does not claim to be another's."""
    login, claim = receipt.released_as, assessment.claim
    if login is None or (claim is not None and claim.lower() != login.lower()):
        return assessment
    tag = context.tagger.read(assessment.tag) if assessment.tag else None
    return replace(
        assessment,
        login=login,
        publication=tag.publication if tag else assessment.publication,
        form_version=tag.form_version if tag else assessment.form_version,
        trust="sender",
        why="released",
        cause="",
    )


def distrust(assessment: Assessment) -> str:
    """Return, as a stable word, why ``assessment`` proves no login, or which login's it proves is not enough."""
    if assessment.trust == "conflict":
        return conflict(assessment.cause)
    return "several_logins" if assessment.trust == "sender" else "unknown_sender"


def _distrust(context: Context, session: Session, judgement: Judgement, assessment: Assessment) -> str | None:
    """Why a workbook is not taken as the login's that it names, or None.

    An organisation that has said «это не мы» of its own address is asked about what comes from there unproven.
    """
    sender = judgement.message.sender
    if assessment.login is None:
        return distrust(assessment)
    if assessment.trust != "tag" and (assessment.trust != "sender" or judgement.origin.proven):
        return None
    if assessment.trust == "tag" and context.trust_strict:
        return "unregistered_mailbox"
    disowned = sender is not None and receipts.is_disowned(session, sender, assessment.login)
    return "disowned_mailbox" if disowned else None


def _read(context: Context, attachment: Attachment, assessment: Assessment) -> Item:
    try:
        workbook, notes = read_any(attachment.data, context.isolated)
    except UnreadableWorkbook as error:
        return Item(attachment, None, error, None, assessment)
    return Item(attachment, workbook, None, carriers(workbook), assessment, notes=notes)


def _identify(session: Session, item: Item) -> None:
    """Find the login, publication and form of one workbook; ``reason`` says what stands in the way."""
    assessment = item.assessment
    if item.reason is not None or assessment.login is None:
        return
    item.login = roster.login(session, assessment.login)
    if item.login is None:
        item.reason = "unknown_login"
        return
    if item.login.role is not Role.ORGANISATION:
        item.reason = "not_an_organisation"
        return
    item.publication = _publication(session, assessment.publication) or _by_form(session, item)
    if item.publication is None or item.publication.collection is None:
        item.reason = "unknown_collection"
        return
    version = item.carriers.form_version if item.carriers and item.carriers.form_version else None
    collection = item.publication.collection
    current = form_of(session, collection.form_id, collection.form_version)
    if version is None or version == current.version:
        item.form = current
    elif version in current.accepts:
        item.form = form_of(session, collection.form_id, version)
    else:
        item.form = current
        item.reason = "wrong_version"


def _by_form(session: Session, item: Item) -> Publication | None:
    """A workbook without a tag still names its form; it counts when exactly one collection asks for it."""
    if item.carriers is None or not item.carriers.form_id:
        return None
    asked = [
        publication
        for publication in publications.publications(session)
        if publication.collection and publication.collection.form_id == item.carriers.form_id
    ]
    return asked[0] if len(asked) == 1 else None


def _adopt(judgement: Judgement) -> None:
    """What a workbook proves about the writer counts for the whole message when the letter itself proved nothing."""
    for item in judgement.items:
        if judgement.login is None and item.login is not None:
            judgement.login, judgement.assessment = item.login, item.assessment
        if judgement.publication is None and item.publication is not None:
            judgement.publication = item.publication


def _publication(session: Session, number: int | None) -> Publication | None:
    return publications.publication_by_number(session, number) if number else None
