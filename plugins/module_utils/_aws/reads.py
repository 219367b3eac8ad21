# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""What a run has read already: its later modules need not ask AWS again until something is written.

The answers lie in a folder that belongs to one run and goes with it. Answers that hold secrets are
never handed in here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from .answers import known

T = TypeVar("T")

_READING = ("Get", "List", "Describe", "Head", "Generate", "AssumeRole")
_MOMENT = "$moment"


class Reads:
    """Answers of this run; without a folder nothing is kept."""

    def __init__(self, folder: str | None = None) -> None:
        self._folder = Path(folder) if folder else None
        self._recalled: dict[str, Path] = {}

    @property
    def are_kept(self) -> bool:
        """Return whether later modules of the run will find what is read now."""
        return self._folder is not None

    def answer(self, question: str, read: Callable[[], T]) -> T:
        """Return the answer to a question; read it when this run has not, or wrote since."""
        if self._folder is None:
            return read()
        path = self._folder / f"{sha256(question.encode()).hexdigest()}.json"
        try:
            found: T = known(json.loads(path.read_text(), object_hook=_revived), question)
            self._recalled[question] = path
        except FileNotFoundError:
            found = read()
            self._store(path, found)
        return found

    def renew(self, question: str) -> bool:
        """Forget an answer that an earlier module read; return whether this one went by it."""
        path = self._recalled.pop(question, None)
        if path is None:
            return False
        path.unlink(missing_ok=True)
        return True

    def _store(self, path: Path, answer: object) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Whole or not at all: a run that is killed here leaves no half of an answer.
        begun = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(answer, file, default=_plain)
        begun.replace(path)

    def forget(self) -> None:
        """Forget everything: CloudFormation writes to IAM, so services are not told apart."""
        if self._folder is not None:
            for path in self._folder.glob("*.json"):
                path.unlink(missing_ok=True)

    def watch(self, client: Any) -> None:
        """Forget everything as soon as a client is about to write."""
        if self._folder is not None:
            client.meta.events.register_first("before-call.*.*", self._before_call)

    def _before_call(self, model: Any, **_rest: object) -> None:
        if not model.name.startswith(_READING):
            self.forget()


def _plain(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    raise TypeError(f"{type(value).__name__} cannot be kept")


def _revived(value: dict[str, Any]) -> Any:
    return datetime.fromisoformat(value[_MOMENT]) if value.keys() == {_MOMENT} else value
