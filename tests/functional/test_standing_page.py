"""«Кампания сейчас»: figures are the database's, nobody's text is a link, it stays where it is and changes there."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import choosing, links, standing
from flows.server import PrefectServer
from flows.supervising import Supervisor
from pipeline.catalogue import MESSAGES
from pipeline.console.acts import ACTS, BY_KEY, Tag
from pipeline.console.campaign import campaign
from pipeline.console.campaignpage import campaign_page, sentence
from pipeline.console.markdown import CAMPAIGN, escaped, page
from pipeline.console.outcome import Outcome, Table
from pipeline.model import Counts, Login, ReceiptState, Role
from pipeline.model.corrections import Change
from pipeline.model.delivery import Pause
from pipeline.model.incoming import Verdict
from pipeline.model.outgoing import CAMPAIGN as CAMPAIGNS
from pipeline.model.pulse import Way
from pipeline.model.reason import Reason
from pipeline.store import changes, health, participations, pauses, receipts, roster
from pipeline.store.operations import pulses
from tests.contract.store.made import received
from tests.functional.post import CLOSES, OPENS, Post, form_in, make_post, typed
from tests.functional.published import DAY, HOUR, hand_in
from tests.functional.regions import SECOND, two_regions
from tests.functional.statements import counting
from tests.functional.world import SCHEDULE, until
from tests.systems.programs import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
HOSTILE = "[Колледж](http://evil.test) <img src=x> ![x](http://evil.test) www.evil.test a@evil.test\n# Я `x` | <b>"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return two_regions(tmp_path)


def _shown(post: Post) -> str:
    with post.context() as context:
        return campaign_page(campaign(context, post.now), lambda key: f"/v2/{key}")


def _part(shown: str, heading: str) -> str:
    """What stands under a heading, whatever its level, up to the next one."""
    (found,) = re.findall(rf"^#+ {re.escape(heading)}\n\n(.*?)(?=^#|\Z)", shown, re.DOTALL | re.MULTILINE)
    return str(found)


def _rows(part: str) -> list[list[str]]:
    rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in part.splitlines() if line[:1] == "|"]
    return rows[2:]


def _counts(post: Post, code: str) -> Mapping[str, Counts]:
    with post.context() as context, context.store.reading() as session:
        return participations.counts(session, code)


def _figures(counts: Mapping[str, Counts]) -> list[str]:
    names = ("total", "not_started", "in_progress", "submitted")
    return [str(sum(getattr(each, name) for each in counts.values())) for name in names]


def _titles(post: Post) -> dict[str, str]:
    with post.context() as context:
        return {item.code: escaped(item.title) for item in campaign(context, post.now).collections}


def test_the_figures_are_those_of_the_database_for_every_collection_and_region(post: Post) -> None:
    hand_in(post)
    post.exchange_all()
    post.later(2 * DAY)
    draft = "spo240067@school.test"
    post.write(draft, post.received(draft)[0], "", typed(form_in(post.received(draft)[0]), draft=True))
    hand_in(post, "spo240066@school.test")
    post.exchange_all()
    shown, titles = _shown(post), _titles(post)
    assert _figures(_counts(post, SCHEDULE)) == ["5", "2", "1", "2"]
    for code in (SCHEDULE, SECOND):
        first = _part(shown.partition("## Регионы")[0], titles[code])
        assert _rows(first) == [_figures(_counts(post, code))]
    regions = _rows(_part(shown.partition("## Регионы")[2], titles[SCHEDULE]))
    assert regions == [["77 Москва", "1", "0", "0 из 1"], ["24 Красноярский край", "1", "1", "2 из 4"]]
    assert "Сдали впервые по дням: 30.08 — 1, 31.08 — 0, 01.09 — 1." in shown.replace("\u00a0", " ")
    assert "сдано 2 из 10 форм" in shown.splitlines()[2]
    assert "Никто ещё не сдал." in _part(shown.partition("## Регионы")[0], titles[SECOND])


def test_the_chart_is_drawn_in_the_page_itself_and_said_in_words(post: Post) -> None:
    hand_in(post)
    post.exchange_all()
    shown = _shown(post)
    (words, drawn), *more = re.findall(r"!\[([^\]]+)\]\(data:image/svg\+xml;base64,([^)]+)\)", shown)
    assert more == []
    assert "Сдано 1, это 20 %." in words
    picture = base64.b64decode(drawn).decode()
    assert {"30.08", "07.09", ">1<", ">5<"} <= set(re.findall(r"\d\d\.\d\d|>\d<", picture))
    assert picture.count('fill="#1a7f37"') == 1


def test_states_are_told_apart_with_what_is_left(post: Post) -> None:
    assert _shown(post).count("Приём открыт до 7 сентября 2021 года, 18:00 мск. Осталось 7 дней 20 часов.") == 2
    with post.context() as context, context.store.transaction() as session:
        pauses.pause(session, Pause(SCHEDULE, CAMPAIGNS, post.now, "cli:anna", "опечатка"))
    paused = _shown(post)
    assert "Рассылка приостановлена: неотправленные письма ждут. Приём открыт до" in paused
    assert "[Остановленные рассылки: 1](/v2/publish)" in paused
    post.now = OPENS - timedelta(days=1)
    early = _shown(post)
    assert "Приём ещё не открыт: с 30 августа 2021 года, 20:41 мск до 7 сентября 2021 года, 18:00 мск." in early
    assert early.splitlines()[2].startswith("**Приём ещё не открыт: «Сбор ")
    assert "» откроется завтра 20:41; " in early
    post.now = CLOSES + timedelta(days=3)
    closed = _shown(post)
    assert closed.splitlines()[2].startswith("**Приём сейчас не идёт; ")
    assert "Приём закрыт 7 сентября 2021 года, 18:00 мск." in closed
    post.now = CLOSES + timedelta(days=8)
    later = _shown(post)
    assert "Открытых сборов нет." in later
    assert "[Других сборов: 2](/v2/now)" in later


def test_before_anything_is_published_it_says_where_to_begin(tmp_path: Path) -> None:
    shown = _shown(make_post(tmp_path))
    first = "Сборов ещё не было: начните со списка организаций и публикации"
    assert shown.splitlines()[2] == f"**{first}; вашего решения ничего не ждёт; неполадок нет.**"
    assert _part(shown, "Ждёт вашего решения").strip() == "Ничего."
    assert "## Что не работает" not in shown
    assert "## Регионы" not in shown


def test_what_waits_for_a_person_is_counted_and_linked_to_what_settles_it(post: Post) -> None:
    asked = post.received("spo240072@school.test")[0]
    post.write("spo240072@school.test", asked, "Как заполнять лист 3?")
    post.exchange_all()
    with post.context() as context, context.store.transaction() as session:
        unread = received(session, 7, received_at=post.now)
        receipts.claim_unread(session, "a", post.now, HOUR, 1)
        receipts.finish(session, unread, "a", post.now, Verdict(state=ReceiptState.HELD, reason=Reason("unproven")))
        about = receipts.listed(session, {ReceiptState.DONE}, 1)[0].id
        for value in ("Лицей", "Гимназия"):
            changes.add(session, Change("spo240065", "name", value, "a@b.test", about, post.now))
        since = post.now - HOUR
        health.open_task(session, "spo240066", "spo240066@school.test", since, "no_mailbox", post.now)
    post.later(timedelta(hours=3))
    shown = _part(_shown(post), "Ждёт вашего решения").splitlines()
    assert shown[:4] == [
        "- [Задержанные письма: 1](/v2/held)",
        "- [Исправления контактов: 2](/v2/corrections), дольше всего ждёт 3 часа",
        "- [Вопросы, на которые поддержка ещё не ответила: 1](/v2/questions), дольше всего ждёт 3 часа",
        "- [Адреса, которые не работают: 1](/v2/roster), дольше всего ждёт 3 часа",
    ]
    assert "; 5 дел ждут вашего решения; " in _shown(post)


def test_problems_stand_first_with_what_to_do_and_schedules_with_their_times(post: Post) -> None:
    with post.context() as context, context.store.transaction() as session:
        pulses.began(session, "exchange", Way.SCHEDULE, post.now - timedelta(hours=5), DAY)
        pulses.ended(session, "exchange", Way.SCHEDULE, post.now - timedelta(hours=5))
        pulses.began(session, "digest", Way.SCHEDULE, post.now - timedelta(hours=3.5), DAY)
        pulses.ended(session, "digest", Way.SCHEDULE, post.now - timedelta(hours=3.5))
    with post.context() as context:
        found = campaign(context, post.now)
        shown = campaign_page(found, lambda key: f"/v2/{key}")
    assert found.state.problems
    headings = re.findall(r"^## (.+)$", shown, re.MULTILINE)
    assert headings[0] == "Что не работает"
    for problem in found.state.problems:
        assert escaped(problem.text) in _part(shown, "Что не работает")
    assert re.search(r"; \d+ неполад(ка|ки|ок)\.\*\*$", shown.splitlines()[2])
    rows = {row[0]: row[1:] for row in _rows(_part(shown, "Работа по расписанию"))}
    assert rows["Обмен письмами"] == ["сегодня 16:41 (по расписанию)", "не идёт с 30.08.2021 16:41"]
    assert rows["Подготовка сводок координаторам"] == ["сегодня 18:11 (по расписанию)", "завтра 18:00"]


def test_every_everyday_act_is_linked(post: Post) -> None:
    shown = _part(_shown(post), "Что можно сделать")
    for act in ACTS:
        assert (f"- [{act.name}](/v2/{act.key})" in shown) is (act.tag is Tag.EVERYDAY)


def test_the_store_is_not_asked_more_for_more_organisations(post: Post) -> None:
    asked = []
    for made in range(2):
        with post.context() as context:
            campaign(context, post.now)  # the first time reads more than later ones
            with counting() as statements:
                campaign(context, post.now)
            asked.append(len(statements))
            many = [
                Login(f"spo{region}{1000 * made + number:04d}", "Колледж", Role.ORGANISATION, region, ())
                for region in ("24", "77", "05", "42")
                for number in range(300)
            ]
            with context.store.transaction() as session:
                roster.save_logins(session, many, post.now, complete=False)
                participations.ensure(session, SCHEDULE, [login.code for login in many])
    assert asked[0] == asked[1]


def test_regions_of_all_collections_together_are_a_thousand_rows_at_most(post: Post) -> None:
    hand_in(post)
    post.exchange_all()
    with post.context() as context:
        found = campaign(context, post.now)
    regions = {f"{number:03d}": Counts(not_started=1) for number in range(700)}
    many = [replace(item, regions=regions, counts=Counts(1, 0, 1)) for item in found.collections]
    shown = campaign_page(replace(found, collections=many), lambda _: None)
    assert len(_rows(shown.partition("## Регионы")[2])) >= 990
    assert shown.partition("## Регионы")[2].count("| 0 из 1 |") == 1_000


def test_nobodys_text_can_become_a_link_a_picture_a_tag_or_a_heading(post: Post) -> None:
    with post.context() as context:
        found = campaign(context, post.now)
    named = [replace(item, title=HOSTILE) for item in found.collections]
    shown = campaign_page(replace(found, collections=named), lambda key: f"/v2/{key}")
    outcome = Outcome(HOSTILE, HOSTILE, remarks=[HOSTILE], tables=[Table(HOSTILE, [HOSTILE], [[HOSTILE]])])
    for made in (shown, page(outcome, lambda key: f"/v2/{key}")):
        assert not re.search(r"https?://|www\.|@\w|(?<!\\)<", made)
        targets = re.findall(r"(?<!\\)\]\(([^)]*)", made)
        assert all(target.startswith(("/v2/", "data:image/")) for target in targets)
        assert not re.search(r"^# Я", made, re.MULTILINE)
    assert sentence(replace(found, collections=named[:1])).count("evil") == HOSTILE.count("evil")


def test_every_page_of_a_run_and_every_description_links_to_it() -> None:
    outcome = Outcome("Рассылка", "Разослано 14 писем")
    assert page(outcome, lambda key: "/v2/here" if key == CAMPAIGN else None).endswith("[Кампания сейчас](/v2/here)\n")
    assert "Кампания сейчас" not in page(outcome, lambda _: None)
    described = next(act for act in ACTS if f"console.act.{act.key}.about" in MESSAGES)
    assert choosing.heading(described, "/v2/here").endswith("\n\n[Кампания сейчас](/v2/here)")
    assert choosing.heading(described, None) == described.about
    assert CAMPAIGN not in BY_KEY


def test_a_server_that_cannot_be_reached_fails_nothing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(**_: object) -> AbstractContextManager[Any]:
        raise OSError("refused")

    with post.context() as context:
        assert standing.renew(context, post.now) is None  # there is no server at all
        monkeypatch.setattr(standing, "_is_served", lambda: True)
        monkeypatch.setattr(standing, "get_client", refused)
        monkeypatch.setattr(links, "get_client", refused)
        assert standing.renew(context, post.now) is None
    links.forget()


def test_where_it_is_is_said_at_the_start_and_when_it_is_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages, said = iter(["/v2/a", "/v2/a", None, "/v2/b"]), list[str]()
    monkeypatch.setattr(standing, "renew", lambda _context, _now: next(pages, "/v2/b"))
    monkeypatch.setattr("flows.supervising._LOOK_SECONDS", 0.01)
    monkeypatch.setattr("flows.supervising._SHOW_SECONDS", 0.01)
    monkeypatch.setattr("flows.supervising._FIRST_SHOW_SECONDS", 0.01)
    opened: Callable[[], Any] = nullcontext
    with Supervisor(PrefectServer(tmp_path, 4200), opened, said.append):  # it is not started
        assert said == ["Кампания сейчас: http://127.0.0.1:4200/v2/a"]
        until(lambda: len(said) > 1, 60)
    assert said[1:] == ["Кампания сейчас: http://127.0.0.1:4200/v2/b"]


# Prefect reads its environment when imported, so all of it is in a process of its own.
STAYS = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from flows.server import PrefectServer
from pipeline import wiring

said = []
with PrefectServer(Path(sys.argv[1]), int(sys.argv[2])) as server:
    from prefect.client.orchestration import get_client
    from flows import links, standing

    def shown(day):
        with wiring.context() as context:
            where = standing.renew(context, datetime(2021, 9, day, 9, tzinfo=UTC))
        with get_client(sync_client=True) as client:
            found = client.read_artifacts()
        said.append([where, links.of_campaign(), [[item.key, str(item.id), item.data] for item in found]])

    shown(1)
    shown(2)
    server.stop()
    server.start()
    links.forget()
    shown(3)
    with get_client(sync_client=True) as client:
        client.delete_artifact(client.read_artifacts()[0].id)
    links.forget()
    shown(4)
print(json.dumps(said))
"""


@pytest.mark.timeout(300)
def test_it_stays_at_its_address_over_a_restart_and_is_made_anew_when_it_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KABINET_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("KABINET_OUTBOX", str(tmp_path / "outbox"))
    command = [sys.executable, "-c", STAYS, str(tmp_path / "prefect"), str(free_port())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=True)
    said = json.loads(done.stdout.strip().splitlines()[-1])
    for day, (where, linked, found) in enumerate(said, 1):
        ((key, number, data),) = found  # one artifact, whatever was done to it
        assert (key, where) == (CAMPAIGN, f"/v2/artifacts/artifact/{number}")
        assert linked == where
        assert f"Так на {day} сентября 2021 года, 12:00 мск." in data
    addresses = [where for where, _, _ in said]
    assert addresses[0] == addresses[1] == addresses[2] != addresses[3]
