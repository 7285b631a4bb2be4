# SPDX-License-Identifier: GPL-3.0-or-later
"""What README and the quick start do with the package itself: install it, and use it from an empty directory."""

from __future__ import annotations

import json
import shutil

import pages
import pytest
from conftest import Place

INSTALL = [*pages.run_by(__file__, "README"), *pages.run_by(__file__, "quick_start")]


@pytest.mark.parametrize("block", INSTALL, ids=str)
def test_package_is_installed_as_the_page_says(block, tarball, tmp_path):
    place = Place(tmp_path)
    shutil.copy(tarball, tmp_path)
    place.run("bash", "-e", "-c", pages.script(block))
    assert place.collection.is_dir()


def test_report_of_an_empty_directory(used):
    command = "ansible-playbook cegedim.cloud.estate_report -e estate_report_directory=$PWD/report"
    assert "estate.html: " in used.run("bash", "-c", command)
    data = json.loads((used.directory / "report/estate.json").read_text())
    assert data["machines"] and "</html>" in (used.directory / "report/estate.html").read_text()
