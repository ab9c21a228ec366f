"""The corpus of the mail room: messages in the manner of real clients and servers, each with what must be seen in it.

Written from knowledge of how these systems write; every address is of a reserved domain.
"""

from __future__ import annotations

from tests.factories.corpus.bounces_broken import BROKEN_BOUNCES
from tests.factories.corpus.bounces_crowded import CROWDED_BOUNCES
from tests.factories.corpus.bounces_office import OFFICE_BOUNCES
from tests.factories.corpus.bounces_old import OLD_BOUNCES
from tests.factories.corpus.bounces_rare import RARE_BOUNCES
from tests.factories.corpus.bounces_standard import STANDARD_BOUNCES
from tests.factories.corpus.bounces_words import WORD_BOUNCES
from tests.factories.corpus.case import Case
from tests.factories.corpus.circulars import CIRCULARS
from tests.factories.corpus.circulars_more import MORE_CIRCULARS
from tests.factories.corpus.files import FILES
from tests.factories.corpus.files_odd import ODD_FILES
from tests.factories.corpus.people import PEOPLE
from tests.factories.corpus.robots import ROBOTS
from tests.factories.corpus.robots_more import MORE_ROBOTS

CORPUS: dict[str, Case] = {
    f"{group}/{name}": case
    for group, cases in (
        ("standard", STANDARD_BOUNCES),
        ("broken", BROKEN_BOUNCES),
        ("words", WORD_BOUNCES),
        ("office", OFFICE_BOUNCES),
        ("old", OLD_BOUNCES),
        ("rare", RARE_BOUNCES),
        ("crowded", CROWDED_BOUNCES),
        ("robots", ROBOTS),
        ("robots-more", MORE_ROBOTS),
        ("people", PEOPLE),
        ("circulars", CIRCULARS),
        ("circulars-more", MORE_CIRCULARS),
        ("files", FILES),
        ("files-odd", ODD_FILES),
    )
    for name, case in cases.items()
}
