"""Commands about forms: make one, try workbooks on it, read any workbook, run a form's own examples."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import typer

from pipeline import sources, wiring
from pipeline.catalogue import text
from pipeline.cli.output import emit, now, say, write
from pipeline.errors import ConfigurationError
from pipeline.files.named import read_text
from pipeline.forms.checking.examples import run_examples
from pipeline.forms.checking.jsonview import (
    check_json,
    workbook_json,
)
from pipeline.forms.checking.schemas import schema_json
from pipeline.forms.definition.form import (
    FormDefinition,
    load_form,
)
from pipeline.forms.inferring.infer import infer_form
from pipeline.forms.making.build import (
    Cover,
    build_workbook,
)
from pipeline.forms.workbooks.unreadable import UnreadableWorkbook
from pipeline.model import Login
from pipeline.store import roster


def build(form: str, *, output: Path, login: str | None) -> None:
    """Write the blank workbook of ``form``, addressed to ``login`` when it is in the roster."""
    definition = _form(form)
    content = build_workbook(definition, _cover(definition, login))
    write(output, content, private=login is not None)
    say(text("cli.written", path=output))


def check(form: str, workbooks: list[Path], *, as_json: bool, values: bool) -> None:
    """Check workbooks against ``form``, with ``values`` printed in JSON; exit code 1 when any is not accepted."""
    definition = _form(form)
    refused = False
    isolated = wiring.isolated()
    for path in workbooks:
        data = _read(path)
        record = check_json(definition, str(path), data, isolated, values=values)
        refused |= record["outcome"] not in ("accepted", "accepted_with_warnings")
        if as_json:
            emit(record)
            continue
        outcome = record["outcome"]
        say(f"{path}: {text(f'outcome.{outcome}')}")
        for finding in record["findings"]:
            where = " ".join(str(part) for part in (finding["sheet"], finding["cell"]) if part)
            say(f"  {where}: {finding['message']}" if where else f"  {finding['message']}")
        for note in record["notes"]:
            say(text("cli.note", message=note["message"]))
    if refused:
        raise typer.Exit(1)


def read(workbooks: list[Path], *, as_json: bool) -> None:
    """Print the content of workbooks; exit code 1 when any cannot be read."""
    unreadable = False
    isolated = wiring.isolated()
    for path in workbooks:
        record = workbook_json(str(path), _read(path), isolated)
        unreadable |= record["outcome"] != "read"
        if as_json:
            emit(record)
        elif record["outcome"] != "read":
            say(f"{path}: {record['reason']}")
        else:
            for title, rows in record["sheets"].items():
                say(f"{path}  {title}: {text('cli.rows', count=len(rows))}")
    if unreadable:
        raise typer.Exit(1)


def test(form: str) -> None:
    """Run each rule's passing and failing example; exit code 1 when any does not do what it says."""
    failures = [result for result in run_examples(_form(form)) if not result.ok]
    for line in dict.fromkeys(f"{failure.rule}: {failure.message}" for failure in failures):
        say(line)
    if failures:
        raise typer.Exit(1)
    say(text("cli.examples_hold"))


def schema(form: str, *, as_json: bool) -> None:
    """Print the pandera schemas of ``form``: each place, its columns, and the checks at them by rule id."""
    place = None
    for line in schema_json(_form(form)):
        if as_json:
            emit(line)
            continue
        if line["place"] != place:
            place = line["place"]
            say(f"{place}: {line['sheet']}" if line["sheet"] else text("cli.schema_workbook"))
        if line["check"]:
            say(f"    {line['check']}: {line['words']}")
        else:
            title = f" «{line['title']}»" if line["title"] else ""
            say(f"  {line['column']} ({line['type']}){title}")


def infer(workbook: Path, *, output: Path | None) -> None:
    """Write a definition made from an existing Excel form; exit code 2 for a file that cannot be read as one."""
    try:
        source = infer_form(workbook.read_bytes(), workbook.name)
    except OSError as error:
        raise ConfigurationError("file.unreadable", path=workbook, reason=error.strerror or "") from error
    except UnreadableWorkbook as error:
        raise ConfigurationError("infer.unreadable", file=workbook, reason=error.message) from error
    if output is None:
        say(source.rstrip("\n"))
        return
    write(output, source.encode(), private=False)
    say(text("cli.written", path=output))


def _form(name: str) -> FormDefinition:
    """A path to a YAML file, or the code of a publication with a form."""
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        return load_form(read_text(path), str(path))
    source = sources.publication(name).form_source
    if source is None:
        raise ConfigurationError("cli.no_form", code=name)
    return load_form(source, f"{name}/form.yaml")


def _cover(form: FormDefinition, code: str | None) -> Cover:
    login = _login(code) if code else None
    at = now()
    return Cover(
        login=login.code if login else "",
        login_name=login.name if login else "",
        publication_title=form.title,
        form_code="",
        token="",
        reply_to=wiring.load_settings().address,
        opens_at=at,
        closes_at=at + timedelta(days=7),
        support=wiring.load_settings().support,
    )


def _login(code: str) -> Login:
    with wiring.context() as context, context.store.reading() as session:
        found = roster.login(session, code)
    if found is None:
        raise ConfigurationError("cli.unknown_login", login=code)
    return found


def _read(path: Path) -> bytes:
    """A file's bytes; one that cannot be opened reads as empty, so that every name gets its line."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
