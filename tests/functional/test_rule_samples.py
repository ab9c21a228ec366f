"""The samples of inbox_rules.yaml through the steps: what the exchange records is the rule that owns the sample."""

from __future__ import annotations

from pathlib import Path

from pipeline.mail.rules.load import load_rules
from pipeline.model import Login, Role
from pipeline.store import receipts
from pipeline.store import roster as roster_rows
from tests.factories.messages import EXCHANGE, SCHOOL, TAGGER_KEY
from tests.factories.samples import SAMPLES
from tests.functional.post import make_post

RULES = load_rules((Path(__file__).parents[2] / "inbox_rules.yaml").read_text(encoding="utf-8"), "inbox_rules.yaml")
WRITER = Login("spo240065", "Колледж", Role.ORGANISATION, "24", (SCHOOL,))


def test_e13_every_sample_reaches_its_rule_through_the_steps(tmp_path: Path) -> None:
    """E13, M11: the whole way of collect and check, with the isolated unpacker and the writer on the roster."""
    post = make_post(tmp_path, address=EXCHANGE, tag_keys={"1": TAGGER_KEY.decode()})
    with post.context() as context, context.store.transaction() as session:
        roster_rows.save_logins(session, [WRITER], post.now)
    for rule in RULES.rules:
        post.inbox.deliver((SAMPLES / rule.sample).read_bytes(), post.now)
    counts = post.run("collect", "check")["check"].counts
    assert counts["receipts"] == len(RULES.rules)
    with post.context() as context, context.store.reading() as session:
        found = {receipt.uid: receipt.rule for receipt in receipts.listed(session)}
    assert [found[uid] for uid in sorted(found)] == [rule.name for rule in RULES.rules]
