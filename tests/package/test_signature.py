# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of the page on releases that sign a package, and check one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile

import pages
import pytest
from conftest import Place

pytestmark = pytest.mark.skipif(not shutil.which("gpg"), reason="needs gpg")


@pytest.fixture
def signer(tmp_path):
    """A Place with a key of its own. The paths of gpg's sockets may have a hundred characters only."""
    with tempfile.TemporaryDirectory() as home:
        place = Place(tmp_path, GNUPGHOME=home)
        place.run(
            "gpg", "--batch", "--passphrase", "", "--quick-gen-key", "release@example.com", "ed25519", "sign", "1d"
        )
        yield place
        subprocess.run(["gpgconf", "--kill", "all"], env=place.variables, check=False)


SIGN, CHECK, SIGN_PROJECT = ("set -e\n" + pages.script(block) for block in pages.run_by(__file__, "releasing"))


def test_package_is_signed_and_checked(signer, tarball):
    shutil.copy(tarball, signer.directory)
    signer.run("bash", "-c", SIGN)
    assert "BEGIN PGP SIGNATURE" in (signer.directory / "MANIFEST.json.asc").read_text()
    said = signer.run("bash", "-c", CHECK, ANSIBLE_COLLECTIONS_PATH="collections")
    assert "Successfully verified" in said
    with (signer.directory / "collections/ansible_collections/cegedim/cloud/README.md").open("a") as readme:
        readme.write("changed\n")
    check = CHECK.splitlines()[-1]
    assert "modified content" in signer.run("bash", "-c", check, code=1, ANSIBLE_COLLECTIONS_PATH="collections")


def test_another_signature_is_refused(signer, tarball):
    shutil.copy(tarball, signer.directory)
    signer.run("bash", "-c", SIGN)
    with (signer.directory / "MANIFEST.json").open("a") as manifest:
        manifest.write(" ")
    signer.run("gpg", "--batch", "--yes", "--armor", "--detach-sign", "MANIFEST.json")
    script = CHECK
    assert "Successfully verified" not in signer.run(
        "bash", "-c", script, code=1, ANSIBLE_COLLECTIONS_PATH="collections"
    )


def test_project_is_signed_and_checked(signer):
    (signer.directory / "playbooks").mkdir()
    (signer.directory / "playbooks/site.yml").write_text("[]\n")
    script = SIGN_PROJECT
    signer.run("bash", "-c", script, GPG_TTY="")
    (signer.directory / "playbooks/site.yml").write_text("[{}]\n")
    signer.run("bash", "-c", script.splitlines()[-1], code=2)
