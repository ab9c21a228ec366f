"""A publication is looked at before it goes out: letters and form as they will be, and to whom."""

from __future__ import annotations

from pipeline.catalogue import text
from pipeline.console.desk import Desk
from pipeline.console.doing import leaving, publish
from pipeline.console.outcome import Next, Outcome, Table, Trouble, columns
from pipeline.mail.addresses import readable
from pipeline.steps import preview as step


def run(desk: Desk) -> Outcome:
    """Show what publishing would send, and change nothing."""
    loaded, only, at = publish.loaded(desk), desk.answers.many("logins"), desk.clock()
    made = desk.stage(text("console.stage.preview"), lambda: step.preview(desk.context, loaded, at, only))
    code = loaded.publication.code
    pages = {text("console.preview.page"): made.html.encode(), **made.files}
    kept = [desk.keep(f"{code}/{name}", data) for name, data in pages.items()]
    letters = len(made.recipients)
    logins = {login.code: login for login, _ in made.recipients}
    counts = {
        "letters": letters,
        "logins": len(logins),
        "no_address": len(made.mailing.no_address) if letters else 0,
        "dead": len(made.mailing.dead) if letters else 0,
        "files": len(kept),
    }
    said = "console.preview.line" if letters else "console.preview.nobody"
    return Outcome(
        title=text("console.preview.title", title=loaded.publication.title),
        line=text(said, letters=leaving.letters(letters)),
        figures={
            text("console.preview.letters"): letters,
            text("console.preview.logins"): len(logins),
            text("console.letters.no_address"): counts["no_address"],
            text("console.letters.dead"): counts["dead"],
        },
        remarks=[
            *made.cautions,
            *(line for line in made.plan if line not in made.cautions),
            text("console.preview.files", files=", ".join(kept)),
        ],
        troubles=_troubles(made) if letters else [],
        tables=[_table(made)],
        texts=made.texts,
        next=[Next(text("console.act.publish"), "publish")],
        counts=counts,
    )


def _troubles(made: step.Preview) -> list[Trouble]:
    no_address, gone = text("outlook.no_address"), text("undelivered.returned")
    return [
        *(Trouble(code, no_address, text("console.letters.nowhere_remedy")) for code in made.mailing.no_address),
        *(Trouble(whose, gone, text("console.letters.gone_remedy")) for whose in made.mailing.dead),
    ]


def _table(made: step.Preview) -> Table:
    head = columns("login", "name", "region", "address")
    rows = [(login.code, login.name, login.region, readable(address)) for login, address in made.recipients]
    return Table(text("console.preview.table"), head, rows)
