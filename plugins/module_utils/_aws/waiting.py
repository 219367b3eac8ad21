# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Waiting for what AWS does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .._core.stacks.pacing import pauses

T = TypeVar("T")

_LONGEST_PAUSE = 5.0


@dataclass(frozen=True)
class Patience:
    """How long to wait in all, in seconds, and the clock to wait by."""

    timeout: float
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic


def wait_for(read: Callable[[], T], is_done: Callable[[T], bool], patience: Patience) -> T:
    """Return the first answer that is done, or the last one when patience is over."""
    deadline = patience.now() + patience.timeout
    for pause in pauses(_LONGEST_PAUSE):
        answer = read()
        if is_done(answer) or patience.now() >= deadline:
            break
        patience.sleep(pause)
    return answer
