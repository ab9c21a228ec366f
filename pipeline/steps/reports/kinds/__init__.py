"""One file a kind of report: what it asks the store, and the workbook it makes of the answer.

A file holds a ``REPORT`` of type ``ReportType``. Its words are ``report.<kind>_file`` and ``notice.report.<kind>`` in
the catalogue, its tables come from ``pipeline.reports``. See docs/howto/report.md.
"""
