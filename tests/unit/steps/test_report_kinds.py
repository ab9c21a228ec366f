"""Every kind of report has a file that makes it and the words that name it."""

from __future__ import annotations

import pytest

from pipeline.catalogue import text
from pipeline.model import ReportKind
from pipeline.steps.reports.forming import REPORTS


def test_every_kind_of_report_is_made_by_one_file() -> None:
    assert set(REPORTS) == set(ReportKind)
    assert all(made.kind is kind for kind, made in REPORTS.items())


@pytest.mark.parametrize("kind", ReportKind)
def test_every_kind_of_report_has_a_name_and_a_file_name_with_its_number(kind: ReportKind) -> None:
    assert text(f"notice.report.{kind.value}")
    name = text(f"report.{kind.value}_file", number=446)
    assert "446" in name
    assert name.endswith(".xlsx")
