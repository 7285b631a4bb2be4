# SPDX-License-Identifier: GPL-3.0-or-later
"""The token file: for its user only, whole or not at all, and never in the way of the work."""

from __future__ import annotations

import os
import stat
import threading
import time

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils import token_store
from ansible_collections.cegedim.cloud.plugins.module_utils.token_store import TokenStore, default_directory, key_of

KEY = key_of("https://accounts.example/token", "me", None, "secret")
TOKEN = {"access_token": "abc", "expires_at": 1.5, "lifetime": 1200}


@pytest.fixture
def directory(tmp_path):
    return str(tmp_path / "store")


@pytest.fixture
def store(directory):
    return TokenStore(KEY, directory)


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_saved_is_loaded(store, directory):
    store.save(TOKEN)

    assert store.load() == TokenStore(KEY, directory).load() == TOKEN


def test_nothing_saved(store, directory):
    assert store.load() is None
    assert not os.path.exists(directory)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_the_user_can_read(store, directory, umask):
    before = os.umask(umask)
    try:
        store.save(TOKEN)
        with store.lock():
            modes = [mode_of(os.path.join(directory, name)) for name in os.listdir(directory)]
    finally:
        os.umask(before)

    assert mode_of(directory) == 0o700
    assert modes == [0o600, 0o600]


def test_save_replaces_and_leaves_nothing_behind(store, directory):
    store.save(TOKEN)
    store.save({"access_token": "new"})

    assert store.load() == {"access_token": "new"}
    assert os.listdir(directory) == [KEY + ".json"]


def test_failed_save_keeps_the_old_token(store, directory, monkeypatch):
    store.save(TOKEN)

    def full(*_dummy):
        raise OSError("no space left on device")

    monkeypatch.setattr(token_store.os, "replace", full)
    store.save({"access_token": "new"})

    assert store.load() == TOKEN
    assert os.listdir(directory) == [KEY + ".json"]


# identities


def test_each_identity_has_its_own_file():
    base = ("https://accounts.example/token", "me", None, "secret")
    others = [("https://other.example/token", *base[1:]), (base[0], "you", *base[2:]), (*base[:2], "openid", base[3])]
    others.append((*base[:3], "other"))

    assert len({key_of(*one) for one in [base, *others]}) == 5
    assert key_of(*base) == KEY


def test_parts_do_not_run_into_each_other():
    assert key_of("a", "b", "c", "d") != key_of("a", "bc", "", "d")


def test_file_name_tells_nothing():
    assert len(KEY) == 64
    assert int(KEY, 16)


# what cannot be trusted


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_loose_file_is_refused(store, mode):
    store.save(TOKEN)
    os.chmod(store.path, mode)

    assert store.load() is None


@pytest.mark.parametrize("mode", [0o755, 0o710, 0o701, 0o777])
def test_loose_directory_is_refused(store, directory, mode):
    os.mkdir(directory)
    os.chmod(directory, mode)

    store.save(TOKEN)
    with store.lock():
        pass

    assert os.listdir(directory) == []
    assert mode_of(directory) == mode


def test_foreign_file_is_refused(store, monkeypatch):
    store.save(TOKEN)
    user = os.getuid()
    monkeypatch.setattr(token_store.os, "getuid", lambda: user + 1)

    assert store.load() is None


def test_foreign_directory_is_refused(store, directory, monkeypatch):
    os.mkdir(directory, mode=0o700)
    user = os.getuid()
    monkeypatch.setattr(token_store.os, "getuid", lambda: user + 1)

    store.save(TOKEN)

    assert os.listdir(directory) == []


@pytest.fixture
def of_somebody_else(monkeypatch):
    """``of_somebody_else(path)``: it belongs to another user. Who may not give it away becomes another user instead."""

    def give(path):
        if os.getuid() == 0:
            os.chown(path, 65534, 65534)
        else:
            user = os.getuid()
            monkeypatch.setattr(token_store.os, "getuid", lambda: user + 1)

    return give


def test_file_of_another_user_is_refused_and_replaced(store, of_somebody_else):
    store.save(TOKEN)
    of_somebody_else(store.path)

    assert store.load() is None
    store.save({"access_token": "new"})
    if os.getuid() == 0:
        assert store.load() == {"access_token": "new"}
        assert (os.stat(store.path).st_uid, mode_of(store.path)) == (0, 0o600)


def test_directory_of_another_user_is_left_alone(store, directory, of_somebody_else):
    store.save(TOKEN)
    of_somebody_else(directory)

    assert store.load() is None
    store.save({"access_token": "new"})
    store.drop("abc")
    with store.lock():
        assert os.listdir(directory) == [KEY + ".json"]


@pytest.mark.parametrize("mode", [0o755, 0o710, 0o777])
def test_nothing_is_loaded_from_a_loose_directory(store, directory, mode):
    store.save(TOKEN)
    os.chmod(directory, mode)

    assert store.load() is None


def test_nothing_is_loaded_through_a_link_in_place_of_the_directory(store, directory, tmp_path):
    store.save(TOKEN)
    link = tmp_path / "link"
    link.symlink_to(directory)

    assert TokenStore(KEY, str(link)).load() is None


@pytest.mark.parametrize("target", ["nowhere", "."])
def test_link_that_leads_nowhere_or_in_a_circle_is_replaced(store, directory, target):
    os.mkdir(directory, mode=0o700)
    os.symlink(target if target == "nowhere" else store.path, store.path)

    assert store.load() is None
    store.save(TOKEN)
    assert store.load() == TOKEN
    assert not os.path.islink(store.path)
    assert os.listdir(directory) == [KEY + ".json"]


def test_symbolic_link_as_file_is_replaced_and_its_target_kept(store, directory, tmp_path):
    target = tmp_path / "target"
    target.write_text("kept")
    os.mkdir(directory, mode=0o700)
    os.symlink(target, store.path)

    store.drop("abc")
    store.save(TOKEN)

    assert target.read_text() == "kept"
    assert store.load() == TOKEN


def test_symbolic_link_as_file_is_refused(store, directory, tmp_path):
    planted = TokenStore("planted", directory)
    planted.save(TOKEN)
    os.symlink(planted.path, store.path)

    assert planted.load() == TOKEN
    assert store.load() is None


def test_symbolic_link_as_directory_is_refused(tmp_path):
    target = tmp_path / "target"
    target.mkdir(mode=0o700)
    link = tmp_path / "link"
    link.symlink_to(target)

    TokenStore(KEY, str(link)).save(TOKEN)

    assert list(target.iterdir()) == []


def test_symbolic_link_as_lock_is_not_followed(store, directory, tmp_path):
    os.mkdir(directory, mode=0o700)
    target = tmp_path / "created"
    os.symlink(target, store.path + ".lock")

    with store.lock():
        pass

    assert not target.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'["access_token"]', b'"text"', b"null", b"\xff\x00", b"[" * 200_000, b"{" + b" " * (1 << 21)],
)
def test_what_is_no_token_is_none_and_is_overwritten(store, content):
    store.save(TOKEN)
    with open(store.path, "wb") as file:
        file.write(content)

    assert store.load() is None
    store.drop("abc")
    store.save(TOKEN)
    assert store.load() == TOKEN


def test_pipe_in_place_of_the_file_is_not_waited_for(store):
    store.save(TOKEN)
    os.unlink(store.path)
    os.mkfifo(store.path, 0o600)

    assert store.load() is None
    store.save(TOKEN)
    assert store.load() == TOKEN


def test_pipe_in_place_of_the_directory_or_the_lock_is_not_waited_for(store, directory, tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o700)
    other = TokenStore(KEY, str(tmp_path / "pipe"))
    other.save(TOKEN)
    other.drop("abc")
    with other.lock():
        assert other.load() is None
    store.save(TOKEN)
    os.mkfifo(store.path + ".lock", 0o600)
    with store.lock():
        assert store.load() == TOKEN


def test_directory_in_place_of_the_lock_is_not_in_the_way(store):
    store.save(TOKEN)
    os.mkdir(store.path + ".lock")

    with store.lock():
        assert store.load() == TOKEN
    store.drop("abc")
    assert store.load() is None


def test_huge_file_is_refused_although_it_begins_with_a_token(store):
    store.save(TOKEN)
    with open(store.path, "ab") as file:
        file.write(b" " * token_store.LARGEST)

    assert store.load() is None
    store.save(TOKEN)
    assert store.load() == TOKEN


def test_directory_in_place_of_the_file_is_not_in_the_way(store, directory):
    os.makedirs(store.path, mode=0o700)
    os.chmod(directory, 0o700)

    store.save(TOKEN)
    store.drop("abc")

    assert store.load() is None
    assert sorted(os.listdir(directory)) == [KEY + ".json", KEY + ".json.lock"]


def test_store_that_cannot_be_used_is_not_in_the_way(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    store = TokenStore(KEY, str(file))

    store.save(TOKEN)
    store.drop("abc")
    with store.lock():
        assert store.load() is None
    assert file.read_text() == ""


# forgetting


def test_drop(store):
    store.save(TOKEN)

    store.drop("abc")

    assert store.load() is None


def test_drop_leaves_a_fresh_token_of_somebody_else(store):
    store.save(TOKEN)

    store.drop("older")

    assert store.load() == TOKEN


def test_drop_waits_for_whoever_is_about_to_store_a_fresh_token(store, directory):
    store.save(TOKEN)
    other = TokenStore(KEY, directory)
    with store.lock():
        dropping = threading.Thread(target=other.drop, args=("abc",))
        dropping.start()
        time.sleep(0.2)
        assert store.load() == TOKEN
        store.save({"access_token": "fresh"})
    dropping.join(5)

    assert store.load() == {"access_token": "fresh"}


def test_drop_of_nothing(store):
    store.drop("abc")


# the lock


def test_lock_lets_one_in_at_a_time(directory):
    inside, most = [], []

    def enter():
        with TokenStore(KEY, directory).lock():
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.01)
            inside.pop()

    threads = [threading.Thread(target=enter) for _dummy in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == [1] * 10


def test_lock_of_another_identity_is_free(directory):
    with TokenStore(KEY, directory).lock():
        start = time.monotonic()
        with TokenStore("other", directory).lock():
            assert time.monotonic() - start < token_store.LOCK_SECONDS / 2


def test_lock_is_not_waited_for_forever(directory, monkeypatch):
    monkeypatch.setattr(token_store, "LOCK_SECONDS", 0.2)
    with TokenStore(KEY, directory).lock():
        start = time.monotonic()
        with TokenStore(KEY, directory).lock():
            assert time.monotonic() - start >= 0.2


def test_lock_is_free_after_an_error(store, directory):
    with pytest.raises(KeyError), store.lock():
        raise KeyError("a bug")

    start = time.monotonic()
    with TokenStore(KEY, directory).lock():
        assert time.monotonic() - start < token_store.LOCK_SECONDS / 2


# where


def test_directory_is_the_runtime_directory(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    assert default_directory() == str(tmp_path / "cegedim.cloud")


@pytest.mark.parametrize("runtime", [None, "/nowhere/at/all"])
def test_directory_without_a_runtime_directory(monkeypatch, tmp_path, runtime):
    monkeypatch.setattr(token_store.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    if runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)

    assert default_directory() == str(tmp_path / ("cegedim.cloud-%d" % os.getuid()))
