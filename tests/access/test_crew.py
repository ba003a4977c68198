"""Threads kept for the next search, in this process and in one forked from it."""

from __future__ import annotations

import os

import pytest

from sozialraum.access.crew import hire


def test_a_crew_is_hired_once() -> None:
    assert hire(2) is hire(2)
    assert list(hire(2).map(abs, [-3, -1, -2])) == [3, 1, 2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_hires_its_own() -> None:
    assert list(hire(2).map(abs, [-1])) == [1]  # so that there are threads that do not live on
    child = os.fork()
    if not child:
        # Were it to wait for threads that are not there, the alarm would end it.
        import signal

        signal.alarm(20)
        os._exit(0 if list(hire(2).map(abs, [-4])) == [4] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
