# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.

"""Who beside our roles is strong in the Jump account, each kind with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..arns import iam_arn
from ..change import Json
from ..step import Run
from ..words import IN_JSON, listed

_SHOWN = 5
_IDENTITY_CENTER = "/aws-reserved/sso.amazonaws.com/"


def strong_principal_lines(run: Run) -> list[str]:
    """Return a line for all principals that can do the same, the strongest first."""
    inspection = run.results[run.inspector].get("inspection")
    alike: dict[tuple[tuple[str, ...], bool], list[Mapping[str, Json]]] = {}
    for principal in inspection["principals"] if inspection else ():
        changed = tuple(what for what in principal["reach"] if what != "passwords")
        alike.setdefault((changed, principal["is_certain"]), []).append(principal)
    order = sorted(alike, key=lambda key: (-len(key[0]), key[0], not key[1]))
    return [_line(run, changed, alike[changed, certain], certain) for changed, certain in order]


def _line(
    run: Run, changed: Sequence[str], principals: Sequence[Mapping[str, Json]], is_certain: bool
) -> str:
    names = [principal["principal"] for principal in principals]
    shown = listed(names, _SHOWN) + (f" ({IN_JSON})" if len(names) > _SHOWN + 1 else "")
    can = "can" if is_certain else "can, under the conditions of their policies,"
    them = "it" if len(names) == 1 else "each of them"
    advice = _advice_on_changes(changed, them) if changed else _advice_on_reads(run, them)
    is_foreign = any(p["path"].startswith(_IDENTITY_CENTER) for p in principals)
    where = "; change permission sets of IAM Identity Center there" if is_foreign else ""
    return f"  {shown} {can} {advice}{where}"


def _advice_on_changes(changed: Sequence[str], them: str) -> str:
    *first, last = changed
    things = f"{', '.join(first)} and {last}" if first else last
    return (
        f"change the {things} of this collection, which makes {them} an administrator of every "
        "account; remove these rights in IAM unless they are intended"
    )


def _advice_on_reads(run: Run, them: str) -> str:
    fence, jump = run.desired["fence"], run.desired["jump"]["account_id"]
    arn = fence and iam_arn(run.desired["partition"], jump, fence["policy"])
    closed = f", or attach the fence, which denies them, to {them}: {arn}" if fence else ""
    return (
        f"read initial passwords and sign in as another person; remove these rights in IAM{closed}"
    )
