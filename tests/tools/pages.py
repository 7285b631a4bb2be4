# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocks of code on the pages of the documentation, for tests that run them.

A comment right before a block says what a test cannot see by itself:

    .. not run: REASON                       nothing runs it
    .. run by: FILE                          that file runs it: it takes it from run_by(), so it runs what is shown
    .. fails: WORDS                          it is run and has to fail, with these words in its output
    .. output of the command above           (for text) the lines are in the output of the block before

In Markdown the same stands in <!-- -->, and <!-- file: NAME --> is the caption of a block.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

MARKS = ("not run", "run by", "fails", "output of the command above")


@dataclass(frozen=True)
class Block:
    """One block: where it is, its language, the name of its file or "", its text, and what the mark before it says."""

    page: str
    line: int
    language: str
    caption: str
    text: str
    mark: str = ""
    said: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages(root: Path) -> dict[str, Path]:
    """{name: file} of all pages: guides, the front page, README and CONTRIBUTING."""
    guides = {path.stem: path for path in sorted((root / "docs/docsite/rst").glob("*.rst"))}
    front = {"index": root / "docs/docsite/site/index.rst"}
    return {**guides, **front, "README": root / "README.md", "CONTRIBUTING": root / "CONTRIBUTING.md"}


def run_by(file: str | Path, page: str) -> list[Block]:
    """The blocks of a page that say that this file (its ``__file__``) runs them; ValueError if there are none."""
    root = Path(__file__).parents[2]
    name = str(Path(file).resolve().relative_to(root.resolve()))
    found = [block for block in blocks(pages(root)[page]) if (block.mark, block.said) == ("run by", name)]
    if not found:
        raise ValueError(f"no block of {page} says that it is run by {name}")
    return found


def script(block: Block, **replaced: str) -> str:
    """The commands of a block without their prompts and comments, each on a line.

    ``replaced`` maps a variable of the environment to its value, which a page shows as ``NAME=...``.
    """
    lines = [re.sub(r"\s+#.*", "", line[2:]) for line in block.text.splitlines() if line.startswith("$ ")]
    text = "\n".join(lines)
    for name, value in replaced.items():
        text = re.sub(rf"\b{name}=\S+", f"{name}={value}", text)
    return text


def blocks(path: Path) -> list[Block]:
    """The blocks of a page, from top to bottom."""
    lines = path.read_text().splitlines()
    return _of_markdown(path.stem, lines) if path.suffix == ".md" else _of_rst(path.stem, lines)


def _of_rst(page: str, lines: list[str]) -> list[Block]:
    found, mark = [], ("", "")
    for number, line in enumerate(lines):
        begin = re.fullmatch(r"( *)\.\. code-block:: (\S+)", line)
        if begin:
            body = []
            for one in lines[number + 1 :]:
                if one.strip() and not one.startswith(" " * (len(begin[1]) + 1)):
                    break
                body.append(one)
            text = textwrap.dedent("\n".join(body)).strip("\n")
            caption = re.match(r":caption: (.*)\n+", text)
            text = text[caption.end() :] if caption else text
            found.append(Block(page, number + 1, begin[2], caption[1] if caption else "", text + "\n", *mark))
        mark = _mark(re.fullmatch(r" *\.\. (.*)", line), mark, line)
    return found


def _of_markdown(page: str, lines: list[str]) -> list[Block]:
    found, mark, caption, begun = [], ("", ""), "", None
    for number, line in enumerate(lines):
        fence = re.fullmatch(r"```(\S*)", line)
        if begun is not None and fence:
            language = lines[begun][3:]
            text = "\n".join(lines[begun + 1 : number]) + "\n"
            found.append(Block(page, begun + 1, language, caption, text, *mark))
            begun, mark, caption = None, ("", ""), ""
        elif fence:
            begun = number
        elif begun is None:
            comment = re.fullmatch(r"<!-- (.*) -->", line)
            if comment and comment[1].startswith("file: "):
                caption = comment[1][6:]
            else:
                mark = _mark(comment, mark, line)
                caption = caption if not line.strip() or comment else ""
    return found


def _mark(comment: re.Match | None, before: tuple[str, str], line: str) -> tuple[str, str]:
    """The mark that holds after a line: that of the line, or the one before across empty lines."""
    for name in MARKS if comment else ():
        if comment[1].startswith(name):
            return name, comment[1][len(name) :].removeprefix(":").strip()
    return before if not line.strip() else ("", "")
