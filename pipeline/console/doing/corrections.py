"""A correction that an organisation asked for is approved or not; the page says what changed and who was told."""

from __future__ import annotations

from pipeline.catalogue import format_instant, plural, text
from pipeline.console import shown
from pipeline.console.desk import Desk
from pipeline.console.outcome import Next, Outcome, Table
from pipeline.errors import UserError
from pipeline.mail.letters.kinds.change_result import ChangeResultLetter
from pipeline.model import Letter
from pipeline.model.corrections import Change
from pipeline.steps.record import corrections
from pipeline.store import changes, letters

_APPROVE = "approve"


def run(desk: Desk) -> Outcome:
    """Decide about the correction."""
    answers = desk.answers
    name, approve = answers.key("correction"), answers.option("action") == _APPROVE
    reason = answers.word("reason") if approve else answers.needed("reason")

    def decide() -> Change:
        return corrections.decide_named(
            desk.context, name, desk.clock(), answers.who, approve=approve, reason=reason or None
        )

    try:
        done = desk.stage(text("console.stage.deciding"), decide)
    except UserError as error:
        raise _for_people(desk, name, error) from error
    return _outcome(desk, done, approve=approve)


def _outcome(desk: Desk, done: Change, *, approve: bool) -> Outcome:
    with desk.context.store.reading() as session:
        told = letters.with_keys(session, f"{ChangeResultLetter.kind}:{done.id}:")
        left = len(changes.listed(session))
    what = text("console.corrections.what", field=text(f"change.{done.field}"), value=_value(done))
    line = text(
        "console.corrections.approved" if approve else "console.corrections.rejected",
        number=done.name,
        login=done.login,
        what=what,
        letters=plural(len(told), *shown.LETTERS),
    )
    remarks = [] if told else [text("console.corrections.told_nobody")]
    if approve:
        lasting = "console.corrections.no_place" if done.field == "other" else "console.corrections.into_file"
        remarks.append(text(lasting))
        remarks += [text("console.corrections.gaps")] if done.new_address else []
    return Outcome(
        title=text("console.corrections.title", number=done.name),
        line=line,
        figures={text("console.corrections.letters"): len(told), text("console.corrections.left"): left},
        remarks=remarks,
        tables=[_told(told)],
        next=[Next(text("console.corrections.more"), "corrections"), Next(text("console.act.roster"), "roster")],
        counts={"approved": int(approve), "rejected": int(not approve), "letters": len(told), "left": left},
    )


def _value(change: Change) -> str:
    """The value as people read it, addresses cut short."""
    parts = change.value.split(" ") if change.field.endswith("address") else []
    return " → ".join(map(shown.short, parts)) if parts else corrections.shown(change.field, change.value)


def _told(told: list[Letter]) -> Table:
    head = [text(f"console.head.{name}") for name in ("to", "login", "state")]
    rows = [(shown.short(item.address), item.login or "", shown.state(item)) for item in told]
    return Table(text("console.corrections.told"), head, rows)


def _for_people(desk: Desk, name: str, error: UserError) -> UserError:
    """The sentence of a step with the form's words for the way out; who was faster is named."""
    if error.code == "change.unknown":
        return UserError("console.corrections.unknown", number=name[:50])
    found = _settled(desk, name) if error.code == "change.settled" else None
    if found is None or found.decided_at is None:
        return error
    return UserError(
        "console.corrections.settled",
        number=found.name,
        state=text(f"change.state_{found.state.value}"),
        at=format_instant(found.decided_at),
        who=shown.who(found.decided_by or ""),
    )


def _settled(desk: Desk, name: str) -> Change | None:
    with desk.context.store.reading() as session:
        return next((item for item in changes.listed(session, None) if item.name == name), None)
