# SPDX-License-Identifier: GPL-3.0-or-later
"""GoPaaS: files are compared by what can be downloaded, and no other host ever gets the token."""

from __future__ import annotations

import hashlib

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import gopaas as system
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import InvalidInput
from ansible_collections.cegedim.cloud.tests.simulator import companions

FILE = "gopaas_file"
LOGO = dict(table="compte", item_key="C-0001", field="logo")


@pytest.fixture
def run(gopaas, run_on):
    return run_on(gopaas, gopaas.user_login)


@pytest.fixture
def logo(gopaas, tmp_path):
    """A file like the one that the item has already."""
    path = tmp_path / "logo.png"
    path.write_bytes(gopaas.files["1_logo.png"])
    return path


@pytest.fixture
def other(tmp_path):
    path = tmp_path / 'an "other" été.bin'
    path.write_bytes(b"\r\n--\x00\xff" * 100)
    return path


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_upload(gopaas, run, other):
    result = run(FILE, table="compte", src=str(other))
    assert result["changed"] is True and result["steps"] == ["upload"]
    assert result["answer"] == {"file": "2_an %22other%22 été.bin"}
    assert gopaas.files[result["answer"]["file"]] == other.read_bytes()
    assert result["diff"][0]["before"] == {"checksum": None} and result["diff"][0]["after"] == {
        "checksum": sha256(other)
    }


def test_upload_check_mode(gopaas, run, other):
    result = run(FILE, check=True, table="compte", src=str(other))
    assert result["changed"] is True and gopaas.journal.entries() == []


def test_upload_idempotent(gopaas, run, logo):
    for check in (False, True):
        result = run(FILE, check=check, src=str(logo), **LOGO)
        assert result["changed"] is False and result["checksum"] == sha256(logo) and result["diff"] == []
    assert gopaas.writes() == []


def test_upload_of_another_file(gopaas, run, other):
    predicted = run(FILE, check=True, src=str(other), **LOGO)
    result = run(FILE, src=str(other), **LOGO)
    assert predicted["changed"] and predicted["diff"] == result["diff"] and len(gopaas.writes()) == 1
    assert "write it into the field with gopaas_items" in result["warnings"][0]
    gopaas.tables["compte"]["1"]["logo"] = result["answer"]["file"]
    assert run(FILE, src=str(other), **LOGO)["changed"] is False


def test_item_by_its_id(gopaas, run, logo):
    assert run(FILE, src=str(logo), **{**LOGO, "item_key": "1"})["changed"] is False


@pytest.mark.parametrize("where", [{"item_key": "C-0002"}, {"item_key": "C-9999"}, {"field": "other"}])
def test_field_without_a_file(gopaas, run, logo, where):
    result = run(FILE, **{**LOGO, **where})
    assert result["changed"] is False and result["download_url"] is None and "checksum" not in result
    result = run(FILE, check=True, src=str(logo), **{**LOGO, **where})
    assert result["changed"] is True and result["checksum"] is None


def test_download_address(gopaas, run):
    result = run(FILE, **LOGO)
    assert result["changed"] is False and result["download_url"].startswith(gopaas.url + "/api/download/")
    assert "checksum" not in result and len(gopaas.requests()) == 1


def test_checksum(gopaas, run, logo):
    assert run(FILE, get_checksum=True, **LOGO)["checksum"] == sha256(logo)


def test_client(gopaas, run_on, logo):
    run = run_on(gopaas)
    assert run(FILE, src=str(logo), **LOGO)["changed"] is False
    gopaas.configure(oauth2_files=False)
    assert run(FILE, src=str(logo), table="compte")["status"] == 404


# The token


def downloads(server):
    return [one["headers"] for one in server.requests() if one["operation"] == "gopaas.download"]


def test_address_suffices(gopaas, run, logo):
    assert run(FILE, get_checksum=True, **LOGO)["checksum"]
    assert "Authorization" not in downloads(gopaas)[0]


def test_address_that_needs_the_token(gopaas, run, logo):
    gopaas.configure(download="bearer", relative=True)
    assert run(FILE, get_checksum=True, **LOGO)["checksum"] == sha256(logo)


@pytest.mark.parametrize("download", ["open", "bearer"])
def test_other_host_gets_no_token(gopaas, run, logo, download):
    with companions.GoPaaS(download=download) as elsewhere:
        gopaas.configure(elsewhere=elsewhere.base_url)
        result = run(FILE, get_checksum=True, **LOGO)
        assert all("Authorization" not in one for one in downloads(elsewhere)) and downloads(elsewhere)
        if download == "open":
            assert result["checksum"] == sha256(logo)
        else:
            assert result["failed"] and result["msg"].startswith("Invalid API key. (GET /app/api/download/...: 401)")


def test_redirect_to_another_host_gets_no_token(gopaas, run, logo):
    with companions.GoPaaS() as elsewhere:
        name = b"1_logo.png".hex()
        gopaas.configure(download="bearer")
        gopaas.fault("status", path="/download/", status=401)
        gopaas.fault("redirect", path="/download/", location=f"{elsewhere.url}/api/download/{name}")
        assert run(FILE, get_checksum=True, **LOGO)["checksum"] == sha256(logo)
        assert "Authorization" in downloads(gopaas)[1] and "Authorization" not in downloads(elsewhere)[0]


@pytest.mark.parametrize(
    "address", ["ftp://h/x", "http://user:hush-4711@h/x", "http://h:port/x", "http://[", "a\nb", 7, ["x"], {"a": 1}]
)
def test_address_that_is_none(gopaas, run, address):
    gopaas.fault("mutate", path="/file/", set={"path": "download_url", "value": address})
    result = run(FILE, get_checksum=True, **LOGO)
    assert result["failed"] and "download_url" in result["msg"] and "hush-4711" not in result["msg"]


@pytest.mark.parametrize("value", [None, ""])
def test_empty_address(gopaas, run, value):
    gopaas.fault("mutate", path="/file/", set={"path": "download_url", "value": value})
    assert run(FILE, **LOGO)["download_url"] is None


# Bounds and faults


def test_file_that_is_too_large(gopaas, run, logo):
    result = run(FILE, src=str(logo), max_bytes=100, **LOGO)
    assert result["msg"] == "download_url: the file is larger than 100 bytes, so it was not read to its end"
    assert gopaas.writes() == []


@pytest.mark.parametrize("kind", ["reset_before", "truncate", "error_before"])
def test_download_is_tried_again(gopaas, run, logo, kind):
    gopaas.fault(kind, path="/download/")
    assert run(FILE, get_checksum=True, **LOGO)["checksum"] == sha256(logo)


def test_file_that_is_gone(gopaas, run):
    gopaas.fault("status", path="/download/", status=404)
    assert run(FILE, get_checksum=True, **LOGO)["checksum"] is None


@pytest.mark.parametrize("kind", ["reset_after", "error_after", "truncate"])
def test_lost_answer_of_an_upload_is_not_repeated(gopaas, run, other, kind):
    gopaas.fault(kind, method="POST", path="/file/")
    result = run(FILE, table="compte", src=str(other))
    assert result["failed"] and "it was not sent again: look at the table compte first" in result["msg"]
    assert len(gopaas.writes()) == 1


def test_renewed_token_sends_the_file_again(gopaas, run_on, other):
    run = run_on(gopaas)
    run(FILE, **LOGO)
    gopaas.tokens.revoke()
    assert run(FILE, table="compte", src=str(other))["answer"]
    assert [one["status"] for one in gopaas.writes()] == [401, 200]


@pytest.mark.parametrize(
    "options, words",
    [
        ({"src": "/nonexistent/file"}, "src: /nonexistent/file cannot be read (No such file or directory)"),
        ({"src": "/"}, "src: / cannot be read (Is a directory)"),
        ({"item_key": "C-0001"}, "parameters are required together: item_key, field"),
        ({}, "one of the following is required: src, item_key"),
        ({"name": "x", "item_key": "a", "field": "b"}, "missing parameter(s) required by 'name': src"),
        ({"src": "/", "get_checksum": True}, "get_checksum is true, and without item_key and field"),
        ({**LOGO, "max_bytes": 0}, "max_bytes: 0 is not 1 or more"),
        ({**LOGO, "item_key": ""}, "item_key: '' is neither"),
    ],
)
def test_options_that_cannot_be(gopaas, run, options, words):
    assert words in run(FILE, **{"table": "compte", **options})["msg"]
    assert gopaas.journal.entries() == []


@pytest.mark.parametrize("name", ["a\r\nb", "../x", "a\\b", ""])
def test_name_that_is_none(gopaas, run, other, name):
    assert run(FILE, table="compte", src=str(other), name=name)["msg"].startswith("name: ")
    assert gopaas.journal.entries() == []


def test_form_is_not_broken_by_a_name():
    content_type, body = system.multipart("file", 'x"; name="other', b"content")
    boundary = content_type.partition("boundary=")[2].encode()
    assert body.startswith(b"--" + boundary + b"\r\n") and body.endswith(b"\r\n--" + boundary + b"--\r\n")
    assert b'filename="x%22; name=%22other"' in body
    with pytest.raises(InvalidInput):
        system.multipart("file", "x\r\nX-Other: 1", b"")
