# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The independent evaluator: one node process that answers thousands of requests."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DENIED = ("ImplicitlyDenied", "ExplicitlyDenied")
Json = Any


class UndecidableError(Exception):
    """The evaluator cannot or must not answer this request."""


@dataclass(frozen=True)
class Request:
    """One call of AWS, with every policy that AWS would look at.

    principal is an ARN, a service, or None for an anonymous caller; account is the resource's.
    """

    principal: str | None
    action: str
    resource: str
    account: str
    context: Mapping[str, str | list[str]]
    identity: Sequence[Json] = ()
    boundary: Sequence[Json] | None = None
    resource_policy: Json | None = None


def check(request: Request) -> None:
    """Refuse what the evaluator answers wrongly: to it a role without trust is an open role."""
    if _needs_trust(request) and not request.resource_policy:
        raise UndecidableError(f"{request.resource}: AssumeRole needs the role's trust policy")
    caller_account = (request.principal or "").split(":")[4:5]
    is_foreign = caller_account != [request.account] and request.action.startswith("s3:")
    if is_foreign and request.resource_policy is None:
        raise UndecidableError(f"{request.resource}: a foreign caller needs a bucket policy")


def _needs_trust(request: Request) -> bool:
    """Return whether a role's trust decides: of AssumeRole, TagSession, SetSourceIdentity."""
    return request.action.lower().startswith("sts:") and ":role/" in request.resource


class Evaluator:
    """Sends requests in batches; every policy travels once."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._sent: set[str] = set()
        self._names: dict[tuple[str, int], str] = {}
        self._kept: list[Json] = []

    def decide(self, requests: Sequence[Request]) -> list[str]:
        """Return Allowed, ImplicitlyDenied or ExplicitlyDenied for each request."""
        for request in requests:
            check(request)
        policies: dict[str, Json] = {}
        line = {"requests": [self._request(r, policies) for r in requests], "policies": policies}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        answers = json.loads(self._process.stdout.readline())["answers"]
        problems = {
            f"{request.action} on {request.resource}: {answer['error']}"
            for request, answer in zip(requests, answers, strict=True)
            if isinstance(answer, dict)
        }
        if problems:
            raise UndecidableError("\n".join(sorted(problems)))
        return list(answers)

    def _request(self, request: Request, policies: dict[str, Json]) -> Json:
        def name(kind: str, document: Json) -> str:
            return self._name(kind, document, policies)

        kind = "trust" if _needs_trust(request) else "resource"
        given, bounds = request.resource_policy, request.boundary
        return {
            "principal": request.principal,
            "action": request.action,
            "resource": request.resource,
            "account": request.account,
            "context": dict(request.context),
            "identity": [name("identity", document) for document in request.identity],
            "boundary": None if bounds is None else [name("identity", d) for d in bounds],
            "resourcePolicy": None if given is None else name(kind, given),
        }

    def _name(self, kind: str, document: Json, policies: dict[str, Json]) -> str:
        key = (kind, id(document))
        if key not in self._names:
            text = json.dumps(document, sort_keys=True)
            self._names[key] = f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
            self._kept.append(document)  # so that its id stays its own
        name = self._names[key]
        if name not in self._sent:
            self._sent.add(name)
            policies[name] = {"kind": kind, "document": document}
        return name


@contextmanager
def running_evaluator() -> Iterator[Evaluator]:
    """Run the node process as long as it is needed."""
    node = shutil.which("node")
    assert node is not None, "node is missing: run make policy, or install node on the path"
    assert (HERE / "node_modules").is_dir(), "tests/policy/node_modules is missing: run make policy"
    process = subprocess.Popen(
        [node, str(HERE / "evaluator.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Evaluator(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=20)
