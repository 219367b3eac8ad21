# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Reading a template that lies in S3, to compare it with the one that is in use."""

from __future__ import annotations

from .._core.stack_template import parse_template_url
from .account import AwsAccount
from .errors import doing


def read_template_object(aws: AwsAccount, url: str) -> str:
    """Return the text of a template given by its URL."""
    where = parse_template_url(url)
    version = {"VersionId": where.version_id} if where.version_id else {}
    with doing(aws, f"read the template {url}", _REMEDIES):
        answer = aws.client("s3").get_object(Bucket=where.bucket, Key=where.key, **version)
        return str(answer["Body"].read().decode())


_REMEDIES = {
    "NoSuchBucket": "Check template_url.",
    "NoSuchKey": "Upload the template first, or check template_url.",
    "NoSuchVersion": "Check the versionId in template_url.",
    "AccessDenied": (
        "Let the credentials of this run read the object: it is compared with the template in use."
    ),
}
