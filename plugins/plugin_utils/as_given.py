# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of a role as a user may give them: its argument spec checks them, and leaves text where text was given.

``-e key=value`` gives text, whatever the variable is. A list of texts is text with commas then, as for a module.
"""

from __future__ import annotations

from ansible.module_utils.common.validation import check_type_list


def as_list(value):
    """A list of what may be a list, text with commas, or nothing."""
    if value is None or value == "":
        return []
    if isinstance(value, (str, int, float)):
        return [word.strip() for word in check_type_list(value) if word.strip()]
    return list(value)
