# SPDX-License-Identifier: GPL-3.0-or-later
"""How results spell the keys of an API."""

from __future__ import annotations

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict


class _Snake(dict):
    """The spelling of keys in results, by their spelling in the API; each is worked out once."""

    def __missing__(self, key):
        self[key] = next(iter(camel_dict_to_snake_dict({key: None})))
        return self[key]


SNAKE = _Snake()
