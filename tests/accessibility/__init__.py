"""Letters as people with bad eyes or a screen reader get them: axe-core in Chromium."""
