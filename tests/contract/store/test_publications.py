"""Publications, their collections and forms, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.errors import ConfigurationError, Incident
from pipeline.model import Audience, Collection, LatePolicy
from pipeline.store import Store, publications
from tests.contract.store.made import CODE, FORM, NOW, campaign, publication

SECOND = timedelta(seconds=1)


def _collection() -> Collection:
    collection = publication().collection
    assert collection is not None
    return collection


def test_a_publication_comes_back_as_it_was_saved_with_its_number(store: Store) -> None:
    campaign(store)
    with store.reading() as session:
        found = publications.publication(session, CODE)
        assert found is not None
        assert found == publication(number=found.number)
        assert publications.publication_by_number(session, found.number) == found
        assert publications.publication(session, "unknown") is None
        assert publications.publication_by_number(session, 999) is None


def test_a_publication_without_a_collection_has_none(store: Store) -> None:
    plain = publication("manual", collection=None, storages=(), audience=Audience.COORDINATORS)
    with store.transaction() as session:
        saved = publications.save_publication(session, plain, NOW)
    with store.reading() as session:
        assert publications.publication(session, "manual") == saved == replace(plain, number=saved.number)
        assert publications.open_collections(session, NOW) == []
        assert publications.to_close(session, NOW + timedelta(days=400)) == []


def test_a_corrected_publication_keeps_its_number(store: Store) -> None:
    campaign(store)
    mended = publication(title="Исправленное расписание", edition=2)
    with store.transaction() as session:
        before = publications.publication(session, CODE)
        after = publications.save_publication(session, mended, NOW)
    assert before is not None
    assert after == replace(mended, number=before.number)
    with store.reading() as session:
        assert publications.publications(session) == [after]


def test_publications_are_listed_from_the_oldest(store: Store) -> None:
    with store.transaction() as session:
        for days, code in ((1, "b"), (3, "a"), (2, "c")):
            item = publication(code, collection=None, published_at=NOW - timedelta(days=days))
            publications.save_publication(session, item, NOW)
        assert [item.code for item in publications.publications(session)] == ["a", "c", "b"]


def test_a_published_form_cannot_be_changed(store: Store) -> None:
    with store.transaction() as session:
        publications.save_form(session, FORM, 1, "form: one", NOW)
        publications.save_form(session, FORM, 1, "form: one", NOW)
        publications.save_form(session, FORM, 2, "form: two", NOW)
    with pytest.raises(ConfigurationError, match="2"), store.transaction() as session:
        publications.save_form(session, FORM, 2, "form: other", NOW)
    with store.reading() as session:
        assert publications.form_source(session, FORM, 1) == "form: one"
        assert publications.form_source(session, FORM, 2) == "form: two"
        with pytest.raises(Incident):
            publications.form_source(session, FORM, 3)


def test_w25_a_collection_is_open_to_the_last_instant_and_not_a_second_less(store: Store) -> None:
    campaign(store)
    opens_at, closes_at = _collection().opens_at, _collection().closes_at
    with store.reading() as session:
        for at, is_open in ((opens_at - SECOND, False), (opens_at, True), (closes_at, True)):
            assert bool(publications.open_collections(session, at)) is is_open
            assert publications.to_close(session, at) == []
        assert publications.open_collections(session, closes_at + SECOND) == []
        assert [item.code for item in publications.to_close(session, closes_at + SECOND)] == [CODE]


def test_a_collection_is_closed_once_and_only_when_it_is_over(store: Store) -> None:
    campaign(store)
    over = _collection().closes_at + SECOND
    with store.transaction() as session:
        assert not publications.mark_closed(session, CODE, NOW)
        assert publications.mark_closed(session, CODE, over)
        assert not publications.mark_closed(session, CODE, over)
        assert publications.to_close(session, over) == []


def test_a_closing_moved_into_the_future_opens_the_collection_again(store: Store) -> None:
    campaign(store)
    over = _collection().closes_at + SECOND
    later = replace(_collection(), closes_at=over + timedelta(days=1), late=LatePolicy.ACCEPT)
    with store.transaction() as session:
        publications.mark_closed(session, CODE, over)
        publications.save_publication(session, publication(collection=later), over)
        assert [item.collection for item in publications.open_collections(session, over)] == [later]
        assert publications.to_close(session, later.closes_at + SECOND) != []
