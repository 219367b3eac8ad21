"""What an HTTP request says about itself: service, region, key, action, parameters."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote
from xml.etree import ElementTree

from moto.core.request import Request
from moto.core.routing import get_service_router
from werkzeug.exceptions import NotFound

from sandbox import wire
from sandbox.call import LOOPBACK
from sandbox.errors import AwsError

_S3_HEADERS = {
    "HTTP_X_AMZ_COPY_SOURCE": "CopySource",
    "HTTP_X_AMZ_EXPECTED_BUCKET_OWNER": "ExpectedBucketOwner",
    "HTTP_X_AMZ_SOURCE_EXPECTED_BUCKET_OWNER": "ExpectedSourceBucketOwner",
}
"""What access depends on besides the path."""
QUERY_SERVICES = frozenset({"iam", "sts", "cloudformation"})
_READ_FORMS = QUERY_SERVICES | {"sns"}
_FORM = "application/x-www-form-urlencoded"
_SCOPE = re.compile(r"Credential=([^/,]+)/\d{8}/([^/,]+)/([^/,]+)/aws4_request")


@dataclass
class AwsRequest:
    environ: dict[str, Any]
    body: bytes
    service: str = "s3"
    region: str = "us-east-1"
    key_id: str = ""
    session_token: str = ""
    operation: str = "Unknown"
    params: dict[str, Any] = field(default_factory=dict)
    source_ip: str = LOOPBACK

    @property
    def is_form(self) -> bool:
        return str(self.environ.get("CONTENT_TYPE", "")).startswith(_FORM)


def read(environ: dict[str, Any]) -> AwsRequest:
    """Take an HTTP request apart; parameters that do not parse are AWS errors."""
    request = AwsRequest(environ, _body(environ))
    query = parse_qs(environ.get("QUERY_STRING", ""))
    credential = query.get("X-Amz-Credential", [""])[0]
    header = environ.get("HTTP_AUTHORIZATION", "")
    scope = _SCOPE.search(header or f"Credential={credential}")
    if scope:
        request.key_id, request.region, request.service = scope.groups()
    request.session_token = environ.get(
        "HTTP_X_AMZ_SECURITY_TOKEN", query.get("X-Amz-Security-Token", [""])[0]
    )
    # Tests that call from elsewhere say so as a proxy would.
    request.source_ip = environ.get("HTTP_X_FORWARDED_FOR", LOOPBACK)
    _read_operation(request)
    return request


def _body(environ: dict[str, Any]) -> bytes:
    if environ.get("wsgi.input_terminated") and "CONTENT_LENGTH" not in environ:
        return bytes(environ["wsgi.input"].read())
    return bytes(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))


def _read_operation(request: AwsRequest) -> None:
    target = request.environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        request.operation = target.rpartition(".")[2]
        request.params = _json(request.body)
    elif request.is_form:
        _read_form(request)
    elif request.service == "s3":
        request.operation, request.params = _s3_operation(request.environ)
        if request.operation == "PutBucketPolicy":
            request.params["Policy"] = request.body.decode()
        if request.operation == "DeleteObjects":
            request.params["Objects"] = _objects(request.body)


def _read_form(request: AwsRequest) -> None:
    form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    request.operation = form.get("Action", "Unknown")
    if request.service in _READ_FORMS:
        model = wire.operation_model(request.service, request.operation)
        request.params = wire.parse_query(model.input_shape, form)


def _json(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        raise AwsError("SerializationException", "The body is not JSON.", 400) from None
    return content if isinstance(content, dict) else {}


def _objects(body: bytes) -> list[dict[str, str]]:
    """The keys and versions that DeleteObjects names."""
    try:
        entries = ElementTree.fromstring(body).iterfind("{*}Object")
    except ElementTree.ParseError:
        raise AwsError("MalformedXML", "The XML you provided was not well-formed.", 400) from None
    return [
        {field.tag.rpartition("}")[2]: field.text or "" for field in entry} for entry in entries
    ]


def _s3_operation(environ: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    try:
        operation, params = get_service_router("s3").match(Request(dict(environ)))
    except NotFound:
        return "Unknown", {}
    query = parse_qs(environ.get("QUERY_STRING", ""))
    given = {name: environ.get(header) for header, name in _S3_HEADERS.items()}
    given["VersionId"] = query.get("versionId", [None])[0]
    named = {name: unquote(value) for name, value in given.items() if value is not None}
    return str(operation.name), {**params, **named}
