"""``ПОМОЩЬ``: the list of the commands."""

from __future__ import annotations

from pipeline.mail.commands.command import EVERYBODY, Word, in_every_letter_but, spelled

HELP = Word(
    id="help",
    name="ПОМОЩЬ",
    spelling=spelled(r"помощь|справка|help|инструкция|команды"),
    roles=EVERYBODY,
    buttons=in_every_letter_but("limit"),
    examples={"Помощь": "ПОМОЩЬ", "команды": "ПОМОЩЬ"},
    questions=("ПОМОЩЬ 2", "Помощь нужна с заполнением", "Помогите!"),
)
COMMANDS = (HELP,)
