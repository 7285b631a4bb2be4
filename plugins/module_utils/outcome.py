# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module answers, whatever its system."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What a module's ``run()`` returns: the result without Ansible's own keys, and warnings."""

    changed: bool
    result: dict
    warnings: list = field(default_factory=list)
