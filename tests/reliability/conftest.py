# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a run, at its end: the sums of the numbers that tests note with ``record_property``, and each text."""

from __future__ import annotations

import collections


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: as in the unit tests, whose tables are used")


def pytest_terminal_summary(terminalreporter):
    total, told = collections.Counter(), []
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "call":
                for name, value in report.user_properties:
                    if isinstance(value, str):
                        told.append("%s: %s" % (name, value))
                    else:
                        total[name] += value
    if total:
        told.insert(0, ", ".join("%s %d" % one for one in total.items()))
    for one in told:
        terminalreporter.write_line("figures: " + one)
