# SPDX-License-Identifier: GPL-3.0-or-later
"""What does not exist is an error in a run, and in check mode a warning where an earlier task may create it."""

from __future__ import annotations

import pytest

from ansible_collections.cegedim.cloud.plugins.module_utils.asking import Ask
from ansible_collections.cegedim.cloud.plugins.module_utils.errors import MissingReference, NotFound

SENTENCE = "there is no instance called WEB1"


def test_each_warning_is_told_once():
    ask = Ask(None)
    ask.warn("one", "two", "one")
    ask.warn("two", "", None, [], "three")
    assert ask.warnings == ["one", "two", "three"]


@pytest.mark.parametrize("given", ["", "WEB1", "12", 12])
def test_what_is_missing_in_a_run_is_an_error(given):
    ask = Ask(None)
    with pytest.raises(MissingReference) as caught:
        ask.missing(SENTENCE, given)
    assert str(caught.value) == SENTENCE
    assert isinstance(caught.value, NotFound)
    assert (ask.warnings, ask.has_missing) == ([], False)


@pytest.mark.parametrize("given", ["", "WEB1", None])
def test_what_is_missing_by_name_is_a_warning_in_check_mode(given):
    ask = Ask(None, is_tolerant=True)
    ask.missing(SENTENCE, given)
    ask.missing(SENTENCE, given)
    assert ask.warnings == [SENTENCE + ". In check mode an earlier task may have been about to create it"]
    assert ask.has_missing


@pytest.mark.parametrize("given", ["12", 12])
def test_what_has_a_number_was_created_already(given):
    ask = Ask(None, is_tolerant=True)
    with pytest.raises(MissingReference):
        ask.missing(SENTENCE, given)
    assert (ask.warnings, ask.has_missing) == ([], False)
