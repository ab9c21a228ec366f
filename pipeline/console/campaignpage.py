"""The standing page «Кампания сейчас» as Markdown: one sentence on how things stand, then what needs a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pipeline.cabinet.regions import NAMES
from pipeline.catalogue import MOSCOW, format_instant, format_short, plural, text
from pipeline.console.acts import ACTS, Tag
from pipeline.console.campaign import Campaign, CollectionNow, Waiting
from pipeline.console.chart import picture
from pipeline.console.choices import day
from pipeline.console.markdown import Address, escaped, grid, linked
from pipeline.console.outcome import MOST_ROWS
from pipeline.model import Counts
from pipeline.model.problems import Problem
from pipeline.steps.condition.liveness import Life
from pipeline.steps.condition.problems import called
from pipeline.steps.condition.standing import span

_SETTLED_BY = {"campaigns.stopped": "publish", "receipts.given_up": "held", "report.failed": "report"}
"""Where a problem is settled, by its code; any other is looked at with «health»."""
_LAST_DAYS = 5
_FIGURES = ("total", "not_started", "in_progress", "submitted")


def campaign_page(campaign: Campaign, address: Address) -> str:
    """Return the page. ``address`` gives the address of an act by its key."""
    shown = format_instant(campaign.at)
    parts = [
        f"# {text('campaign.title')}",
        f"**{escaped(sentence(campaign))}**",
        text("campaign.shown", at=shown),
        *_problems(campaign, address),
        *_waiting(campaign, address),
        *_collections(campaign, address),
        *_acts(address),
        *_running(campaign),
        *_regions(campaign),
    ]
    return "\n\n".join(parts) + "\n"


def sentence(campaign: Campaign) -> str:
    """Return how things stand in one sentence: what is open, what waits for a person, whether anything is wrong."""
    waits = sum(item.count for item in campaign.waiting)
    wrong = len(campaign.state.problems)
    return text(
        "campaign.sentence",
        collections=_going(campaign),
        waits=text("campaign.waits", what=plural(waits, "дело ждёт", "дела ждут", "дел ждут"))
        if waits
        else text("campaign.waits_none"),
        wrong=plural(wrong, "неполадка", "неполадки", "неполадок") if wrong else text("campaign.well"),
    )


def _going(campaign: Campaign) -> str:
    found = campaign.open
    if not found:
        to_come = [item for item in campaign.collections if item.standing.state == "not_open"]
        if to_come:
            nearest = min(to_come, key=lambda item: item.standing.opens_at)
            opens = day(nearest.standing.opens_at, campaign.at)
            return text("campaign.to_come", title=nearest.title, opens=opens)
        return text("campaign.none_open" if campaign.collections or campaign.more else "campaign.none_yet")
    nearest = min(found, key=lambda item: item.standing.closes_at)
    submitted, total = sum(item.counts.submitted for item in found), sum(item.counts.total for item in found)
    if len(found) == 1:
        return text(
            "campaign.one_open",
            title=nearest.title,
            submitted=submitted,
            total=plural(total, "организации", "организаций", "организаций"),
            left=span(nearest.standing.left),
        )
    return text(
        "campaign.many_open",
        count=plural(len(found), "сбору", "сборам", "сборам"),
        submitted=submitted,
        total=plural(total, "формы", "форм", "форм"),
        left=span(nearest.standing.left),
    )


def _problems(campaign: Campaign, address: Address) -> list[str]:
    if not campaign.state.problems:
        return []
    lines = (_problem(problem, address) for problem in campaign.state.problems)
    return [f"## {text('campaign.problems')}", "\n".join(lines)]


def _problem(problem: Problem, address: Address) -> str:
    act = _SETTLED_BY.get(problem.code, "health")
    found = address(act)
    said = escaped(problem.text)
    return f"- {said} {linked(text(f'console.act.{act}'), found)}" if found else f"- {said}"


def _waiting(campaign: Campaign, address: Address) -> list[str]:
    head = f"## {text('campaign.waiting')}"
    if not campaign.waiting:
        return [head, text("campaign.nothing_waits")]
    return [head, "\n".join(f"- {_wait(item, campaign.at, address)}" for item in campaign.waiting)]


def _wait(item: Waiting, now: datetime, address: Address) -> str:
    said = text(f"campaign.waiting.{item.what}", count=item.count)
    found = address(item.act) if item.act else None
    since = text("campaign.oldest", age=span(now - item.oldest)) if item.oldest else ""
    return linked(said, found) + since if found else escaped(said) + since


def _collections(campaign: Campaign, address: Address) -> Iterator[str]:
    yield f"## {text('campaign.collections')}"
    if not campaign.collections:
        yield text("campaign.no_collections")
    for item in campaign.collections:
        yield f"### {escaped(item.title)}"
        yield escaped(" ".join(_standing(item)))
        yield grid([text(f"campaign.figure.{name}") for name in _FIGURES], [_figures(item.counts)])
        if item.progress:
            words = text("campaign.share", submitted=item.counts.submitted, share=_share(item.counts))
            yield f"{words} {_by_day(item)}"
            yield f"![{text('campaign.chart', words=words)}]({picture(item)})"
        elif item.standing.state == "open":
            yield text("campaign.nobody_yet")
    if campaign.more:
        more = text("campaign.more", count=campaign.more)
        yield linked(more, found) if (found := address("now")) else more


def _standing(item: CollectionNow) -> Iterator[str]:
    found = item.standing
    if found.paused:
        yield text("campaign.paused")
    opens, closes = format_instant(found.opens_at), format_instant(found.closes_at)
    yield text(f"campaign.{found.state}", opens=opens, closes=closes, left=span(found.left))
    if found.apart:
        yield text("campaign.apart", count=found.apart)


def _by_day(item: CollectionNow) -> str:
    before = [0, *(point.handed_in for point in item.progress)]
    days = [
        text("campaign.day", day=f"{point.day.astimezone(MOSCOW):%d.%m}", count=point.handed_in - earlier)
        for point, earlier in zip(item.progress, before, strict=False)
    ]
    return text("campaign.days" if item.days == 1 else "campaign.periods", days=", ".join(days[-_LAST_DAYS:]))


def _share(counts: Counts) -> str:
    """The share of those who handed in, in whole per cent; never 100 while somebody is missing, nor 0 for somebody."""
    if not counts.total:
        return "0"
    share = 100 * counts.submitted // counts.total
    return str(max(share, 1) if counts.submitted else 0)


def _figures(counts: Counts) -> list[str]:
    return [str(getattr(counts, name)) for name in _FIGURES]


def _acts(address: Address) -> list[str]:
    lines = (
        f"- {linked(act.name, found) if (found := address(act.key)) else escaped(act.name)}"
        for act in ACTS
        if act.tag is Tag.EVERYDAY
    )
    return [f"## {text('campaign.acts')}", "\n".join(lines)]


def _running(campaign: Campaign) -> list[str]:
    head = [text(f"campaign.schedule.{name}") for name in ("what", "last", "next")]
    rows = [_schedule(life, campaign.at) for life in campaign.state.schedules]
    queues = [
        text(f"campaign.queue.{name}", count=queue.count)
        + (text("campaign.oldest", age=span(max(campaign.at - queue.oldest, timedelta()))) if queue.oldest else "")
        for name, queue in campaign.state.queues.items()
    ]
    return [
        f"## {text('campaign.running')}",
        "\n".join(f"- {line}" for line in queues),
        grid(head, rows),
    ]


def _schedule(life: Life, now: datetime) -> list[str]:
    last = text("campaign.schedule.never") if life.last_at is None else day(life.last_at, now)
    if life.last_at is not None and life.by is not None:
        last = f"{last} ({text(f'way.{life.by.value}')})"
    if life.late_since is not None:
        return [called(life.name), last, text("campaign.schedule.late", since=format_short(life.late_since))]
    return [called(life.name), last, day(life.next_at, now) if life.expected else text("campaign.schedule.off")]


def _regions(campaign: Campaign) -> Iterator[str]:
    """Tables of regions, worst first, with room for ``MOST_ROWS`` rows in all."""
    shown = [item for item in campaign.collections if len(item.regions) > 1 and _has_begun(item.counts)]
    if not shown:
        return
    yield f"## {text('campaign.regions')}"
    yield text("campaign.regions_order")
    left = MOST_ROWS
    head = [text("console.region"), *(text(f"campaign.figure.{name}") for name in _FIGURES[1:])]
    for item in shown:
        rows = worst_first(item)[:left]
        left -= len(rows)
        if rows:
            yield f"### {escaped(item.title)}"
            yield grid(head, rows)


def _has_begun(counts: Counts) -> bool:
    return counts.submitted + counts.in_progress > 0


def worst_first(item: CollectionNow) -> list[Sequence[str]]:
    """Return the rows of a collection's regions: those with the smallest share first, of these the larger first."""

    def badness(region: str) -> tuple[float, int, str]:
        counts = item.regions[region]
        return counts.submitted / max(counts.total, 1), counts.submitted - counts.total, region

    return [_region(region, item.regions[region]) for region in sorted(item.regions, key=badness)]


def _region(code: str, counts: Counts) -> list[str]:
    handed_in = text("campaign.of", submitted=counts.submitted, total=counts.total)
    return [f"{code} {NAMES.get(code, '')}".strip(), str(counts.not_started), str(counts.in_progress), handed_in]
