# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The quickstart, as a newcomer sees it."""

from __future__ import annotations

import re
import subprocess
import sys

from .conftest import ROOT


def test_the_demo_tells_the_whole_story():
    ran = subprocess.run(
        [sys.executable, "-m", "scripts.demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    scenes = re.split(r"^== (\d)/6 .*$", ran.stdout, flags=re.MULTILINE)
    told = dict(zip(scenes[1::2], scenes[2::2], strict=True))
    assert sorted(told) == list("123456")
    assert re.search(r"API calls, 0 of them writes\]", told["2"]), "the second run changes nothing"
    assert re.search(r"lee\.sora +- +admin +admin +- +-", told["5"])
    answers = re.findall(r"^  (allowed|denied) ", told["6"], flags=re.MULTILINE)
    assert answers == [
        *("denied", "allowed", "denied", "denied", "allowed"),
        *("allowed", "allowed", "allowed", "denied", "denied"),
    ]
    assert "What to do next" in told["6"]
    assert max(map(len, told["6"].splitlines())) <= 100
