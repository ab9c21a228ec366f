"""Judging: archived bytes → what the message is, which rule decides, who wrote, and which workbooks it brings.

Reads the store, changes nothing: a verdict can be had again at any time from the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.forms.check import Checked
from pipeline.forms.definition import FormDefinition
from pipeline.forms.foreign import read_any
from pipeline.forms.locate import Carriers, carriers
from pipeline.forms.read import UnreadableWorkbook
from pipeline.forms.workbook import RawWorkbook
from pipeline.mail.classify import Classification, classify
from pipeline.mail.identity import Assessment, assess, dmarc_verdict, tags_in
from pipeline.mail.message import Attachment, ParsedMessage, parse
from pipeline.mail.rules import Decision, Facts
from pipeline.model import Login, Publication, Receipt, Role
from pipeline.steps.context import Context
from pipeline.steps.rendering import form_of
from pipeline.store import Session, publications, roster

MOST_WORKBOOKS = 50  # a municipal office may answer for all its schools in one letter; more is a person's case


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
    """What is known of one receipt before anything is written."""

    receipt: Receipt
    message: ParsedMessage
    classification: Classification
    decision: Decision
    assessment: Assessment
    login: Login | None
    publication: Publication | None
    registered: bool
    items: list[Item] = field(default_factory=list)


def judge(context: Context, session: Session, receipt: Receipt) -> Judgement:
    """Return the judgement of one receipt from its archived bytes."""
    message = parse(context.archive.get(receipt.sha256))
    classification = classify(message, context.own_addresses)
    sender_logins = roster.logins_of_address(session, message.sender) if message.sender else []
    dmarc = dmarc_verdict(message, context.authserv_id)
    tags = tags_in(message, context.tagger, context.sender.address)
    assessment = assess(message.sender, sender_logins, tags, (), dmarc, context.tagger)
    facts = Facts.of(message, classification, assessment.trust)
    judgement = Judgement(
        receipt=receipt,
        message=message,
        classification=classification,
        decision=context.rules.decide(facts),
        assessment=assessment,
        login=roster.login(session, assessment.login) if assessment.login else None,
        publication=_publication(session, assessment.publication),
        registered=False,
    )
    if judgement.decision.action == "return":
        for attachment in classification.workbooks[:MOST_WORKBOOKS]:
            item = _read(context, attachment, assessment)
            if item.carriers and item.carriers.tokens:
                item.assessment = assess(
                    message.sender, sender_logins, tags, item.carriers.tokens, dmarc, context.tagger
                )
            _identify(session, item)
            judgement.items.append(item)
        _adopt(judgement)
    login = judgement.login
    judgement.registered = login is not None and message.sender in {address.lower() for address in login.addresses}
    return judgement


def _read(context: Context, attachment: Attachment, assessment: Assessment) -> Item:
    try:
        workbook, notes = read_any(attachment.data, context.isolated)
    except UnreadableWorkbook as error:
        return Item(attachment, None, error, None, assessment)
    return Item(attachment, workbook, None, carriers(workbook), assessment, notes=notes)


def _identify(session: Session, item: Item) -> None:
    """Find the login, publication and form of one workbook; ``reason`` says what stands in the way."""
    assessment = item.assessment
    if assessment.trust == "conflict":
        item.reason = "conflict"
        return
    if assessment.login is None:
        item.reason = "unknown_sender"
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
