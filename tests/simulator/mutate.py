# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes to an answer on its way out: fields left out, null, or of another type (the fault mutate).

A path is names with dots between, `*` for each element of a list. It starts at the answer; of a list or a page at each
of its rows. `$` before it makes it start at the answer in any case, and alone it is the whole answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable

ROOT = "$"


def mutated(raw: bytes, drop: str, change: dict) -> bytes:
    """The answer's bytes without the path `drop`, and with `change` ({path, value}) set; as they are when no JSON."""
    try:
        body = json.loads(raw)
    except ValueError:
        return raw
    if drop:
        body = _apply(body, drop, lambda node, name: node.pop(name, None))
    if change:
        body = _apply(body, change["path"], lambda node, name: node.__setitem__(name, change["value"]))
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def check(kind: str, drop: str, change: dict) -> None:
    """ValueError unless a mutation says what it changes."""
    if kind != "mutate":
        return
    if not drop and not change:
        raise ValueError("mutate needs drop or set")
    if drop == ROOT:
        raise ValueError("mutate cannot drop the whole answer: truncate and status do")
    if change and set(change) != {"path", "value"}:
        raise ValueError("set is a path and a value")


def _apply(body: object, path: str, action: Callable[[dict, str], object]) -> object:
    first, *rest = path.split(".")
    if first == ROOT:
        holder = {"answer": body}
        _walk(holder, ["answer", *rest], action)
        return holder["answer"]
    rows = body["content"] if isinstance(body, dict) and isinstance(body.get("content"), list) else body
    for row in rows if isinstance(rows, list) else [rows]:
        _walk(row, [first, *rest], action)
    return body


def _walk(node: object, names: list[str], action: Callable[[dict, str], object]) -> None:
    """Does the action at each place that the names lead to; where they lead nowhere, nothing happens."""
    name, *rest = names
    if name == "*" and isinstance(node, list):
        if rest:
            for each in node:
                _walk(each, rest, action)
        else:
            _each(node, action)
    elif isinstance(node, dict):
        if rest:
            _walk(node.get(name), rest, action)
        else:
            action(node, name)


def _each(items: list, action: Callable[[dict, str], object]) -> None:
    """Replaces or drops every element of a list."""
    kept = []
    for item in items:
        holder = {"item": item}
        action(holder, "item")
        kept += holder.values()
    items[:] = kept
