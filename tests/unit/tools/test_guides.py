# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guide on adding a product quotes stands in the files of the collection, and its commands exist."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs/docsite/rst/adding_a_product.rst").read_text()
FILES = [
    *(ROOT / "plugins").rglob("*.py"),
    *(ROOT / "tests/unit/plugins/modules").glob("*.py"),
    *(ROOT / "tests/integration/targets/itcare_redis").rglob("*.yml"),
]


def snippets(language):
    """The code blocks of that language, without their indentation."""
    found = re.findall(r"^\.\. code-block:: %s\n\n((?:    .*\n|\n)+)" % re.escape(language), GUIDE, re.M)
    return [textwrap.dedent(one).strip("\n") for one in found]


def unindented(text):
    return "\n".join(line.strip() for line in text.splitlines())


QUOTED = [*snippets("python"), *snippets("yaml+jinja")]


def test_there_are_snippets():
    assert len(snippets("python")) >= 5 and len(snippets("yaml+jinja")) >= 1


@pytest.mark.parametrize("snippet", QUOTED, ids=lambda one: one.splitlines()[0])
def test_each_snippet_stands_in_a_file(snippet):
    """Line by line; only the indentation of the whole may differ."""
    wanted = unindented(snippet)
    found = [path for path in FILES if wanted in unindented(path.read_text())]
    assert found, snippet


def test_each_make_target_exists():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M)
    named = re.findall(r"(?:\$ |``)make ([a-z-]+)", GUIDE)
    assert {"new-product", "generate", "unit", "target", "only"} <= set(named) <= set(targets)


def test_each_file_exists():
    named = re.findall(r"``((?:plugins|tests|docs)/[\w./]+)``", GUIDE)
    assert len(named) >= 4
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_each_shared_file_exists():
    named = re.findall(r"``(products/[\w./]+)``", GUIDE)
    assert [one for one in named if not (ROOT / "plugins/module_utils" / one).exists()] == []
