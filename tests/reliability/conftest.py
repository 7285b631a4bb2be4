# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a run, in one line at its end: the sums of what tests note with ``record_property``."""

from __future__ import annotations

import collections


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: as in the unit tests, whose tables are used")


def pytest_terminal_summary(terminalreporter):
    total = collections.Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                for name, value in report.user_properties:
                    total[name] += value
    if total:
        terminalreporter.write_line("figures: " + ", ".join("%s %d" % one for one in total.items()))
