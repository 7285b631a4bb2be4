# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an estate: what Ansible reads in them is what was described."""

from __future__ import annotations

import pytest
from ansible.parsing.dataloader import DataLoader

from ansible_collections.cegedim.cloud.plugins.plugin_utils import estate_files

TEXTS = [
    "a\x85b",
    "a\u2028b",
    "a\u2029b",
    "\x85",
    "no",
    "1e3",
    "0x1",
    "=",
    "007",
    "2024-01-01",
    "a\r\nb",
    "\u00a0x",
    "\x07",
]


def item(comment):
    about = {"kind": "instance", "name": "PEBWEB01", "service": "billing", "id": 1, "module": "itcare_instance"}
    return {**about, "options": {"name": "PEBWEB01", "comment": comment}, "creation": {}, "by_id": {}}


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_texts_are_read_as_they_were_written(tmp_path, text):
    files = estate_files.files({"estate": [item(text)], "not_expressed": []}, {})
    (tmp_path / "billing.yml").write_text(files["billing.yml"], encoding="utf-8", newline="")
    ((row,),) = DataLoader().load_from_file(str(tmp_path / "billing.yml")).values()
    assert row["options"]["comment"] == text
