# SPDX-License-Identifier: GPL-3.0-or-later
"""The navigation has every page, every error has an entry, and what pages count is counted."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
GUIDES = ROOT / "docs/docsite/rst"
FRONT = (ROOT / "docs/docsite/site/index.rst").read_text()
README = (ROOT / "README.md").read_text()
ERRORS = (GUIDES / "troubleshooting.rst").read_text()
DEVELOPMENT = {"adding_a_product", "testing", "releasing", "inclusion"}  # for those who have a checkout


def tool(name):
    file = ROOT / "tests/tools" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"{name}_tool", file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def static():
    sys.path.insert(0, str(ROOT / "tests/tools"))
    try:
        return tool("static")
    finally:
        sys.path.pop(0)


@pytest.fixture(scope="module")
def guides():
    return tool("guides")


@pytest.fixture(scope="module")
def pages():
    return tool("pages")


# The navigation


def written():
    return {path.stem for path in GUIDES.glob("*.rst")}


def test_every_guide_is_in_the_navigation():
    sections = yaml.safe_load((ROOT / "docs/docsite/extra-docs.yml").read_text())["sections"]
    assert sorted(name for one in sections for name in one["toctree"]) == sorted(written())
    made = static().navigation((ROOT / "docs/docsite/extra-docs.yml").read_text())
    names = re.findall(r"^    docsite/(\w+)$", made, re.M)
    assert names == [name for one in sections for name in one["toctree"]]


def test_pages_of_plugins_are_below_guides():
    """Each below the part that mentions it."""
    stems = ["itcare_redis_module", "itcare_kafka_module", "odd_filter"]
    part = "{0}\n---\n\n:ansplugin:`a.b.itcare_{0}#module`\n\n".format
    text = "T\n=\n\nTop\n\n" + part("redis") + part("kafka")
    top, one, two = re.split(r"(?:redis|kafka)\n---\n", static().with_pages(text, stems))
    assert "odd (filter) <../odd_filter>" in top
    assert "<../itcare_redis_module>" in one and "<../itcare_kafka_module>" in two


def test_guides_mention_all_modules_and_roles():
    for guide, kind, files in (
        ("modules_by_product", "module", {path.stem for path in ROOT.glob("plugins/modules/*.py")}),
        ("roles", "role", {path.name for path in ROOT.glob("roles/*")}),
        ("inventory", "inventory", {path.stem for path in ROOT.glob("plugins/inventory/*.py")}),
        ("lookup", "lookup", {path.stem for path in ROOT.glob("plugins/lookup/*.py")}),
    ):
        assert set(re.findall(rf"cegedim\.cloud\.(\w+)#{kind}`", (GUIDES / f"{guide}.rst").read_text())) == files


def test_readme_names_every_guide():
    assert set(re.findall(r"`(\w+)\.rst`", README)) == written() - DEVELOPMENT


def test_links_within_the_readme_lead_to_its_headings():
    headings = {re.sub(r"\W+", "-", line.lower()) for line in re.findall(r"^#+ (.+)$", README, re.M)}
    assert set(re.findall(r"\]\(#([\w-]+)\)", README)) <= headings


def test_only_addresses_that_exist_are_linked():
    """Nothing is published, so only the platform and Ansible can be linked."""
    known = (
        "https://api.cegedim.cloud/",
        "https://www.cegedim.cloud/",
        "https://docs.ansible.com/",
        "https://semver.org/",
    )
    texts = [README, FRONT, *(path.read_text() for path in GUIDES.glob("*.rst"))]
    links = {link for text in texts for link in re.findall(r"(?:\]\(|`[^`<]*<)(https?://[^)>]+)", text)}
    assert [link for link in links if not link.startswith(known)] == []


# Errors


def test_every_error_has_an_entry(guides):
    for kind in guides.kinds(ROOT):
        assert f".. {kind}, by make generate\n" in ERRORS, f"troubleshooting.rst has no entry for {kind}"


def entries():
    """{kind of error: what is written by hand above its messages}."""
    parts = re.split(r"^\.\. (\w+), by make generate\n", ERRORS, flags=re.M)
    texts = {}
    for before, kind in zip(parts[::2], parts[1::2]):
        headings = list(re.finditer(r"^(.+)\n([-~])\2{3,}\n", before, re.M))
        texts[kind] = before[headings[-1].end() :]
    return texts


def test_every_entry_says_what_to_do(guides):
    """Two sentences at least, one of them an order."""
    for kind, text in entries().items():
        words = re.sub(r"^\.\. code-block.*\n\n(?:    .*\n|\n)+", "", text, flags=re.M)
        sentences = re.split(r"[.:]\s", words)
        assert len(sentences) > 2, f"{kind}: {text}"
        orders = r"\b(run|check|correct|set|use|add|look|install|change|increase|remove|wait|ask|give|reduce)\b"
        assert re.search(orders, words, re.I), kind


def test_every_message_is_found(guides):
    found = guides.messages(ROOT)
    assert sum(map(len, found.values())) > 150
    page = " ".join(ERRORS.split())
    for kind, messages in found.items():
        for message in messages:
            assert f"``{message}``" in page, f"{kind}: run make generate"


def test_a_new_message_is_noticed(guides, tmp_path):
    """Where it is put together by a function, too."""
    folder = tmp_path / "plugins/module_utils"
    folder.mkdir(parents=True)
    (folder / "errors.py").write_text("class CloudError(Exception):\n    pass\nclass Odd(CloudError):\n    pass\n")
    (folder / "one.py").write_text(
        "def f(name):\n    raise Odd(_words(name))\n\n\n"
        'def _words(name):\n    text = "the moon is in %s" % name\n    return text if name else "there is no moon"\n'
    )
    assert guides.messages(tmp_path) == {"CloudError": [], "Odd": ["the moon is in …", "there is no moon"]}
    with pytest.raises(ValueError, match="no page has an entry for Odd"):
        guides.with_messages(".. CloudError, by make generate\n.. end\n", tmp_path)


def test_messages_of_other_pages_have_an_entry(guides, pages):
    """A block of text that is a message, in a guide or in README, is explained on the page of errors."""
    shown = [re.escape(one).replace("…", ".*") for found in guides.messages(ROOT).values() for one in found]
    known = " ".join(ERRORS.split())
    for path in pages.pages(ROOT).values():
        for block in pages.blocks(path):
            text = " ".join(block.text.split())
            if block.language == "text" and re.search(
                r"\(id \d+\)|fixed at creation|is unknown|still in progress", text
            ):
                is_known = text in known or any(re.search(pattern, text) for pattern in shown)
                assert is_known or "are:" in text, f"{block}: {text}"


# What is counted


def test_comparison_counts_what_there_is():
    modules = list(ROOT.glob("plugins/modules/*.py"))
    infos = [path for path in modules if path.stem.endswith("_info")]
    row = re.search(r"\* - cegedim\.cloud\n      - (\d+)\n      - (\d+)\n", (GUIDES / "comparison.rst").read_text())
    assert row.groups() == (str(len(modules)), str(len(infos)))
