"""The catalogue: what the source names is there, with the values that it needs, and what is there is named."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import get_args

from pipeline.authoring.tree import _PROBLEMS
from pipeline.cabinet.unreadable import _KNOWN
from pipeline.catalogue import MESSAGES
from pipeline.console.acts import ACTS
from pipeline.console.doing.rounds import ROUNDS
from pipeline.forms.definition.schema import form_schema
from pipeline.forms.parts.columns import LIMITS
from pipeline.forms.parts.limit import Limit
from pipeline.forms.parts.spec import ColumnType
from pipeline.forms.rules.table import RULES
from pipeline.mail.commands.words import WORDS, words_for
from pipeline.model import LetterState, Outcome, ReceiptState, ReportKind, ReportState, Role, Severity, Status
from pipeline.model.audit import DEEDS
from pipeline.model.corrections import ChangeState
from pipeline.model.delivery import LetterEvent
from pipeline.model.incoming import FILING_OUTCOMES, ReceiptEvent
from pipeline.model.publication import Audience, IssueHow, LatePolicy
from pipeline.model.pulse import MONITOR, Way
from pipeline.model.schedules import SCHEDULES
from pipeline.outbox.trying import Relay
from pipeline.reports.export import _LEAD
from pipeline.steps.base.progress import Work
from pipeline.steps.base.summaries import Shown
from pipeline.steps.mailings.publication import KIND_OF
from pipeline.steps.record.health import State
from tests.messages import (
    ROOT,
    Named,
    added,
    composed,
    filled,
    keyed,
    keywords,
    literals,
    said,
    subclasses,
    texts,
    words,
    written,
)

Values = Iterable[str | tuple[str, ...]]
_BOUNDS = "pipeline/forms/parts/limits/bounds.py"
_CHECKING = "pipeline/forms/checking/"
_EDITIONS = "pipeline/cabinet/editions.py"
_PARTICIPANTS = "pipeline/reports/participants.py"
_RESULTS = ("annotated", "digest", "participants", "export", "downloads")
_ROSTER = "pipeline/steps/roster.py"
_CAMPAIGN = ("roster", "preview", "publish", "leaving", "remind", "extend")
_DOING = "pipeline/console/doing/"
_FOLLOWING = ("audit", "corrections", "digest_now", "end", "health", "held", "now", "questions", "report")
_ENDED = ("letters", "logins", "coordinators", "extensions", "withheld")
_MESSAGE = ("number", "received", "sender", "subject", "login", "publication", "files", "why")
_HEADS = (
    *("login", "name", "region", "begun", "marks", "publication", "outcome", "findings", "letter", "to", "state", "at"),
    *("who", "what", "why", "whom", "detail", "collection", "closes", "left", "schedule", "ran", "runs", "number"),
    *("asked", "sender", "subject", "value", "since"),
)
_LETTERS = ("sent", "waiting", "refused", "uncertain", "expired", "no_address", "dead")
_TAKEN_IN = ("added", "changed", "departed", "problems", "kept")
_NOT_REMINDED = (
    "handed_in",
    "recently",
    "waiting",
    "enough",
    "no_address",
    "too_late",
    "closed",
    "departed",
    "not_due",
)
_FIELDS = ("address", "replaced_address", "removed_address", "name", "region", "other")
_LISTED = ("login", "name", "region", "status", "begun_at", "handed_in_at", "flags")


@cache
def families() -> Mapping[str, Values]:
    """Codes that are put together: what stands for ``{}``, from its table or from the calls that choose it."""
    files = written(_EDITIONS, "file_added", "file_removed", "file_changed", "file_rules")
    forms = tuple(name.lower() for name in subclasses("RunForm"))
    logins = written(
        "pipeline/mail/server_words.py", "no_user", "wrong_password", "app_password", "disabled", "login_refused"
    )
    asked = {(act.key, field.name) for act in ACTS for field in act.fields}
    own_words = [pair for pair in asked if "console.field.{}.{}".format(*pair) in MESSAGES]
    shared_words = {name for _, name in asked}
    ranges = filled("forms.range.{}", written(_BOUNDS, "date", "number"))
    bounds = (*ranges, *words("bounds_text"))
    return {
        "alert.{}": written("pipeline/steps/sending/backlog.py", "unjudged", "unsent"),
        "author.bad_name.{}": written("pipeline/forms/definition/load.py", "rule", "form", "name"),
        "author.bounds.{}": written(_BOUNDS, "date", "number"),
        "campaign.figure.{}": ("total", "not_started", "in_progress", "submitted"),
        "campaign.queue.{}": written("pipeline/steps/condition/state.py", "unjudged", "unsent"),
        "campaign.schedule.{}": ("what", "last", "next"),
        "campaign.waiting.{}": words("Waiting", within="pipeline/console/"),
        "campaign.{}": written("pipeline/steps/condition/standing.py", "not_open", "open", "closed"),
        "change.approved_{}": _FIELDS,
        "change.state_{}": ChangeState,
        "change.{}": (*_FIELDS, *words("NotDecidedError")),
        "command.button.{}": tuple(word.id for word in WORDS if word.buttons),
        "command.help.{}": tuple(dict.fromkeys(word.id for role in Role for word in words_for(role))),
        "command.help.{}.coordinator": tuple(word.id for word in WORDS if word.differs),
        "console.act.{}": tuple(act.key for act in ACTS),
        "console.act.{}.about": tuple(act.key for act in ACTS),
        "console.decided.{}": ReceiptEvent,
        "console.end.{}": _ENDED,
        "console.field.{}": shared_words,
        "console.field.{}.{}": own_words,
        "console.head.{}": _HEADS,
        "console.health.{}": written("pipeline/steps/condition/state.py", "unjudged", "unsent"),
        "console.held.again_{}": ("held", "failed"),
        "console.held.of.{}": _MESSAGE,
        "console.held.{}": written(f"{_DOING}held.py", "draft", "late"),
        "console.now.{}": written("pipeline/steps/condition/standing.py", "not_open", "open", "closed"),
        "console.stage.{}": (*(step.__name__.rpartition(".")[2] for steps in ROUNDS.values() for step in steps),),
        "console.arrivals.{}": written("pipeline/console/doing/arrivals.py", "number", "who", "when", "became"),
        "progress.{}": Work,
        "console.column.{}": words("columns", at=None),
        "console.field.{}.hint": [name for name in shared_words if f"console.field.{name}.hint" in MESSAGES],
        "console.field.{}.{}.hint": [pair for pair in asked if "console.field.{}.{}.hint".format(*pair) in MESSAGES],
        "console.option.{}.{}": [
            (act.key, option)
            for act in ACTS
            for field in act.fields
            for option in field.options
            if option not in tuple(ReportKind) or act.key != "report"  # they are called as in letters
        ],
        "console.letters.{}": written("pipeline/console/doing/leaving.py", *_LETTERS),
        "console.letters.{}_remedy": written("pipeline/console/doing/leaving.py", "gone", "refused"),
        "console.publish.{}": written("pipeline/console/doing/publish.py", "stopped", "stopped_before"),
        "console.remind.short.{}": written("pipeline/console/doing/remind.py", *_NOT_REMINDED),
        "console.remind.why.{}": written("pipeline/console/doing/remind.py", *_NOT_REMINDED),
        "console.roster.touched.{}": written("pipeline/steps/roster.py", "added", "returned", "departed"),
        "console.roster.{}": written("pipeline/console/doing/roster.py", *_TAKEN_IN),
        "cover.step.fill.{}": written("pipeline/forms/making/cover.py", "one", "many"),
        "deed.{}": DEEDS,
        "demo.look_{}": written("pipeline/embedded/acting.py", *_RESULTS),
        "doctor.relay_{}": Relay,
        "edition.audience_{}": Audience,
        "edition.late_{}": LatePolicy,
        "edition.{}": (*written(_EDITIONS, "title", "section", "contact"), *words("_moved"), *files),
        "edition.{}_many": files,
        "example.{}": words("_result", at=1, within=_CHECKING),
        "files.how.{}": IssueHow,
        "finding.{}": (
            *words("Problem", within="pipeline/forms/"),
            *written("pipeline/forms/workbooks/values.py", "type.int", "type.decimal"),
            *written("pipeline/forms/workbooks/dates.py", "type.two_dates", "type.two_readings", "type.no_year"),
            *written("pipeline/forms/workbooks/dates.py", "type.no_such_date", "type.month_first"),
            *written("pipeline/forms/workbooks/dates.py", "type.date_and_words", "type.letter"),
            *written(
                "pipeline/forms/workbooks/numbers.py",
                "type.several",
                "type.sum",
                "type.letter",
                "type.number_and_words",
            ),
            "type.ambiguous",
            "type.digits",
            "type.percent",
            *(limit.rule for limit in LIMITS if type(limit).holds is not Limit.holds),
        ),
        "web.report.{}": ReportKind,
        "handed.zip.{}": ("damaged", "encrypted", "unsafe", "too_large", "too_many_parts"),
        "flag.{}": written("pipeline/reports/flags.py", "correction_rejected", "disputed", "extended", "departed"),
        "flow.form.{}": forms,
        "folder.{}": FILING_OUTCOMES,
        "forms.kind.{}": get_args(ColumnType),
        "forms.limit.{}": get_args(ColumnType),
        "health.{}": State,
        "imap.{}": logins,
        "infer.{}": (
            *words("note", within="pipeline/forms/inferring/"),
            *words("_comment"),
            *written("pipeline/forms/inferring/infer.py", "rows", "rows_guessed"),
        ),
        "letter_event.{}": LetterEvent,
        "notes.head.{}": ("number", "severity", "sheet", "cell", "column", "value", "message"),
        "notes.severity.{}": Severity,
        "notice.letter_state.{}": written(
            "pipeline/steps/requests/handlers/recalling.py", "sent", "not_sent", "waiting"
        ),
        "notice.report.{}": ReportKind,
        "notice.report_state.{}": ReportState,
        "outcome.{}": Outcome,
        "outlook.{}": LetterState,
        "page.rule.{}": RULES,
        "preview.{}": (*KIND_OF.values(), *words("_frame")),
        "publications.{}": words("mistake", within="pipeline/cabinet/"),
        "receipt.{}": ReceiptState,
        "repaired.{}": keyed("repair", "pipeline/forms/"),
        "report.{}": (*_LEAD, *words("_header", at=None), *written(_PARTICIPANTS, *_LISTED)),
        "report.{}_file": ReportKind,
        "roster.address_{}": written("pipeline/cabinet/contacts.py", "syntax", "domain", "cyrillic"),
        "roster.column_{}": written(_ROSTER, "login", "name", "region", "addresses", "role"),
        "roster.field_{}": written(_ROSTER, "code", "name", "region", "role", "addresses"),
        "roster.role_{}": Role,
        "roster.unreadable_{}": (*_KNOWN, "other"),
        "silent.{}": (*SCHEDULES, *written("pipeline/steps/condition/problems.py", "missed", "never", "since")),
        "smtp.{}": (*logins, "token_refused"),
        "standing.{}": written("pipeline/steps/condition/standing.py", "not_open", "open", "closed"),
        "status.{}": Status,
        "structure.{}": words("_finding", within="pipeline/forms/locating/"),
        "undelivered.{}": written(
            "pipeline/steps/record/health.py",
            *(
                "no_mailbox",
                "closed",
                "disabled",
                "full",
                "no_domain",
                "beyond_ascii",
                "refused",
                "unreachable",
                "returned",
                "not_in_time",
            ),
        ),
        "way.{}": Way,
        "yaml.{}": (
            *words("BrokenYaml"),
            *(what for _, what in _PROBLEMS),
            *words("_at", "Excess", within="pipeline/authoring"),
        ),
        "{}.between": bounds,
        "{}.from": bounds,
        "{}.hint": filled("flow.form.{}", forms),
        "{}.resting": ("imap", "smtp"),
        "{}.to": bounds,
    }


def stems() -> frozenset[str]:
    """Return what is no code yet: another part is added."""
    return frozenset({"forms.range.{}", *words("bounds_text")})


def _of_letters(kind: str) -> bool:
    return kind == "other" or (ROOT / "templates" / "letters" / kind).is_dir()


def _of_commands(word: str) -> bool:
    return word in {known.id for known in WORDS}


_schema = cache(form_schema)


def _of_schema(name: str) -> bool:
    """Whether the schema of forms has this part, or this key of it; the keys of all rules share their words."""
    owner, _, key = name.partition(".")
    schema = _schema()
    parts = {"FormDefinition": schema, **schema["$defs"]}
    found = [part for of, part in parts.items() if owner in (of, "rule" if of.endswith("Rule") else of)]
    return any(not key or key in part.get("properties", {}) for part in found)


def _of_summaries(key: str) -> bool:
    """Whether a step of this name gives a summary, and the source names this figure of it."""
    step, _, figure = key.partition(".")
    steps = {*words("Summary"), *words("visit_all", at=1), *get_args(Shown)}
    return step in steps and figure in {"", "none", *texts("pipeline/"), *keywords("Counter", "update")}


OPEN: Mapping[str, Callable[[str], bool]] = {
    "command.guide.behind.{}": _of_commands,
    "command.guide.coordinator.{}": _of_commands,
    "command.guide.organisation.{}": _of_commands,
    "did.{}": _of_summaries,
    "notice.letter.{}": _of_letters,
    "reason.{}": lambda reason: {*re.split("[,-]|conflict_", reason)} <= {*texts(), "", "robot"},
    "run.{}": lambda name: name in {*SCHEDULES, *words("beating"), MONITOR},
    "schema.{}": _of_schema,
    "workbook.unreadable.{}": lambda reason: reason in texts("pipeline/"),
}
"""Codes that need not be there, for the logic has other words then: whether anybody may ask for this one."""

ROOMS: Mapping[str, str] = {
    "pipeline/authoring/": "ground",
    "pipeline/files/": "ground",
    "pipeline/mail/commands/": "mail_commands",
    "pipeline/mail/": "mail",
    "pipeline/forms/workbooks/": "forms_workbooks",
    "pipeline/forms/reading/": "forms_workbooks",
    "pipeline/forms/definition/": "forms_definition",
    "pipeline/forms/parts/": "forms_definition",
    "pipeline/forms/rules/": "forms_definition",
    "pipeline/forms/locating/": "forms_checking",
    "pipeline/forms/checking/": "forms_checking",
    "pipeline/forms/making/": "forms_making",
    "pipeline/forms/inferring/": "forms_inferring",
    "pipeline/reports/": "reports",
    "pipeline/cabinet/": "cabinet",
    **dict.fromkeys(("pipeline/tagkey", "pipeline/oauth", "pipeline/webhook", "pipeline/archive"), "adapters"),
    **dict.fromkeys(("pipeline/store/", "pipeline/mailbox/", "pipeline/outbox/"), "adapters"),
    "pipeline/steps/condition/": "steps_condition",
    "pipeline/steps/base/summaries": "steps_summaries",
    "pipeline/steps/": "steps",
    "pipeline/console/": "console",
    "pipeline/console/campaignpage": "console_standing",
    **dict.fromkeys(("pipeline/console/progress", "pipeline/console/doing/rounds"), "console_machine"),
    **dict.fromkeys(("pipeline/console/doing/arrivals", "pipeline/console/doing/watch"), "console_machine"),
    **{f"pipeline/console/doing/{name}": "console_campaign" for name in _CAMPAIGN},
    **{f"{_DOING}{name}.py": "console_following" for name in _FOLLOWING},
    **dict.fromkeys(("pipeline/settings", "pipeline/sources", "pipeline/wiring"), "settings"),
    **dict.fromkeys(("pipeline/monitoring", "pipeline/watching", "pipeline/doctor"), "doctor"),
    "pipeline/embedded/": "embedded",
    "pipeline/web/": "web",
    "flows/": "flows",
    "pipeline/cli/": "cli",
}
"""Who speaks by which module of the catalogue, the lowest room first."""

NOT_MESSAGES = frozenset(
    {"digest.eml", "form.schema.json", "form.yaml", "oauth.json", "prefect.db", "prefect.resource.id"}
    | {"page.css", "prefect.flow_runs", "prefect.task_runs", "prefect.flow_engine"}
    | {"publication.md", "report.failed", "roster.xlsx", "rules.md", "structure.merged", "tag.key"}
)
"""Names of files, of findings and of faults that look like the code of a message."""


@cache
def known() -> frozenset[str]:
    """Return every code that may be put together."""
    return frozenset(code for pattern, values in families().items() for code in filled(pattern, values))


def test_every_code_that_is_written_is_in_the_catalogue() -> None:
    expected = {*MESSAGES, *stems(), *NOT_MESSAGES}
    unknown = [named for named in literals() if named.code not in expected]
    unknown += [Named(call.module, call.line, call.code) for call in said() if call.code not in MESSAGES]
    assert unknown == []


def test_every_code_that_is_put_together_has_its_table_here() -> None:
    """Put it into ``families``; into ``OPEN`` only what asks ``has`` first."""
    patterns = {named.code for named in composed()} - stems()
    assert patterns == {*families(), *OPEN, "schema.{}.{}"}
    assert list(added()) == []


def test_what_is_put_together_is_in_the_catalogue() -> None:
    assert sorted(known() - set(MESSAGES)) == []


def test_every_message_is_named_by_somebody() -> None:
    named = {one.code for one in literals()} | known()
    assert [code for code in MESSAGES if code not in named and not _may_be_asked_for(code)] == []


def test_each_module_holds_what_its_room_says_and_no_higher_room_says_alone() -> None:
    """What several rooms say lies with the lowest of them."""
    modules = list(dict.fromkeys(ROOMS.values()))
    assert set(modules) == {path.stem for path in (ROOT / "pipeline/catalogue").glob("*.py")} - {"__init__", "dates"}
    speakers: dict[str, set[int]] = {}
    for module, code in _speakers():
        room = max((prefix for prefix in ROOMS if module.startswith(prefix)), key=len, default=None)
        assert room is not None, f"by which module of the catalogue does {module} speak?"
        speakers.setdefault(code, set()).add(modules.index(ROOMS[room]))
    held = {code: name for name in modules for code in import_module(f"pipeline.catalogue.{name}").MESSAGES}
    assert {code: name for code, name in held.items() if name != modules[min(speakers[code])]} == {}


def _speakers() -> Iterator[tuple[str, str]]:
    """Yield (module, code) of every message that a module may say."""
    yield from ((named.module, named.code) for named in literals() if named.code in MESSAGES)
    for named in composed():
        codes = filled(named.code, families().get(named.code, ()))
        if named.code in {*OPEN, "schema.{}.{}"}:
            codes = tuple(code for code in MESSAGES if code.startswith(named.code.partition("{")[0]))
        yield from ((named.module, code) for code in codes)


def test_a_message_gets_exactly_the_values_that_it_shows() -> None:
    wrong = [
        (call, sorted(needed ^ call.values))
        for call in said()
        if call.values is not None and (needed := _fields(MESSAGES[call.code])) != call.values
    ]
    assert wrong == []


def _may_be_asked_for(code: str) -> bool:
    return any(
        may_be(code.removeprefix(stem))
        for pattern, may_be in OPEN.items()
        if code.startswith(stem := pattern.removesuffix("{}"))
    )


def _fields(message: str) -> frozenset[str]:
    parsed = string.Formatter().parse(message)
    return frozenset(re.split(r"[.\[]", name)[0] for _, name, _, _ in parsed if name)
