# Copyright: the jumpaccount.aws maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: part of jumpaccount.aws, may change at any time without notice.
# The public surface is the modules, roles, playbooks and filters of the collection.
"""Reading a template that lies in S3, to compare it with the one that is in use."""

from __future__ import annotations

from dataclasses import replace

from ..._core.stacks.canonical import build_template_url, parse_template_url, template_key
from ..account import AwsAccount
from ..errors import doing
from .sets import TemplateSource


def read_template_object(aws: AwsAccount, url: str, owner: str | None = None) -> str:
    """Return the text of a template given by its URL; the bucket must be the owner's."""
    where = parse_template_url(url)
    version = {"VersionId": where.version_id} if where.version_id else {}
    owned = {"ExpectedBucketOwner": owner} if owner else aws.owning
    with doing(aws, f"read the template {url}", _REMEDIES):
        answer = aws.client("s3").get_object(Bucket=where.bucket, Key=where.key, **version, **owned)
        return str(answer["Body"].read().decode())


def upload_template(
    aws: AwsAccount, bucket: str, name: str, source: TemplateSource
) -> TemplateSource:
    """Put a template into a bucket and return the source that names just this version of it."""
    key = template_key(name, source.body)
    s3 = aws.client("s3")
    with doing(aws, f"upload the template of stack set {name} to s3://{bucket}/{key}", _REMEDIES):
        body = source.body.encode()
        answer = s3.put_object(Bucket=bucket, Key=key, Body=body, **aws.owning)
    meta = s3.meta
    url = build_template_url(bucket, key, meta.region_name, meta.partition, answer.get("VersionId"))
    return replace(source, url=url)


_REMEDIES = {
    "NoSuchBucket": "Check the name of the bucket, or create it first.",
    "NoSuchKey": "Upload the template first, or check template_url.",
    "NoSuchVersion": "Check the versionId in template_url.",
    "AccessDenied": (
        "The credentials of this run must be able to read and write templates there: a "
        "template at template_url is compared with the deployed one, and a large template is "
        "uploaded. For a bucket in another account, set template_url_owner."
    ),
}
