"""The way of a request: identity, faults, handler or moto, log, answer."""

from __future__ import annotations

import json
import re
import sys
import traceback
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from sandbox import dispatch, moto_bridge, registry, request, wire
from sandbox.authorisation import authorise_call
from sandbox.call import Call
from sandbox.calls import redact
from sandbox.errors import AwsError, DroppedConnectionError
from sandbox.faults import Draw
from sandbox.identity import Identity, identify
from sandbox.moto_bridge import Answer
from sandbox.request import QUERY_SERVICES, AwsRequest
from sandbox.visibility import Visibility
from sandbox.world import World

# Objects that nothing else in IAM refers to: moto's own store of them tells no lie.
MOTO_IS_ENOUGH = frozenset(
    f"{verb}{noun}"
    for noun in ("OpenIDConnectProvider", "SAMLProvider", "ServerCertificate")
    for verb in ("Create", "Upload", "Get", "Update", "Delete")
) | {"ListOpenIDConnectProviders", "ListSAMLProviders", "ListServerCertificates"}
# JSON services call them otherwise.
_JSON_CODES = {
    "AccessDenied": "AccessDeniedException",
    "MissingParameter": "ValidationException",
    "ValidationError": "ValidationException",
}
_CODE = re.compile(r'<Code>([^<]+)</Code>|"__type": ?"(?:[^"]*#)?([^"]+)"')
_ANONYMOUS = Identity("", "anonymous", "anonymous", "Anonymous")


def handle(world: World, environ: dict[str, Any]) -> Answer:
    """Answer one AWS API request. Only the work itself holds the lock, never a delay."""
    try:
        received = request.read(environ)
    except AwsError as error:
        return _error(AwsRequest(environ, b"", service="sts"), error)
    draw = _draw(world, received)
    draw.wait()
    with world.lock:
        world.clock.before_request()
        answer, entry = _answer(world, received, draw)
        world.calls.add(received.service, received.operation, entry)
        world.clock.after_request(received.operation)
    if answer is None:
        raise DroppedConnectionError
    return answer


def _draw(world: World, received: AwsRequest) -> Draw:
    # The keys of sessions and users are random; an account id is not.
    account = received.key_id if received.key_id.isdigit() else ""
    return world.faults.draw(received.service, received.operation, account, received.params)


def _answer(world: World, received: AwsRequest, draw: Draw) -> tuple[Answer | None, dict[str, Any]]:
    """The answer, None for a dropped connection, and its entry in the log."""
    caller = _ANONYMOUS
    error_code = ""
    try:
        caller = _caller(world, received)
        draw.before()
        answer: Answer | None = _act(world, received, caller)
    except AwsError as error:
        answer, error_code = _error(received, error), error.code
    except DroppedConnectionError:
        answer = None
    except NotImplementedError:
        refusal = dispatch.not_implemented(received.service, received.operation)
        answer, error_code = _error(received, refusal), refusal.code
    except Exception as defect:  # a defect of the sandbox or of moto must not look like AWS
        traceback.print_exc(file=sys.stderr)
        failure = AwsError("InternalFailure", f"{type(defect).__name__}: {defect}", 500)
        answer, error_code = _error(received, failure), failure.code
    if draw.is_dropped_after:
        answer = None
    status = answer[0] if answer else 0
    if answer and status >= 400 and not error_code:
        error_code = _code_in(answer[2])
    return answer, {
        "account": caller.account_id,
        "region": received.region,
        "params": redact(received.service, received.params),
        "status": status,
        "error": error_code or ("" if answer else "ConnectionDropped"),
    }


def _code_in(body: bytes) -> str:
    """The error code in an answer of moto."""
    found = _CODE.search(body.decode(errors="replace"))
    return found[1] or found[2] if found else "Unknown"


def _caller(world: World, received: AwsRequest) -> Identity:
    if received.key_id:
        return identify(
            world,
            received.key_id,
            received.session_token,
            received.service,
            received.region,
        )
    if received.service == "s3":
        return _ANONYMOUS
    raise AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403)


def _act(world: World, received: AwsRequest, caller: Identity) -> Answer:
    call = Call(
        world,
        received.service,
        received.operation,
        received.region,
        caller,
        received.params,
        received.source_ip,
    )
    world.faults.check_account(call)
    authorise_call(call)
    if registry.handler_of(received.service, received.operation) is None:
        if received.service in QUERY_SERVICES and received.operation not in MOTO_IS_ENOUGH:
            raise dispatch.not_implemented(received.service, received.operation)
        return moto_bridge.answer(received.environ, received.body, caller.account_id)
    visibility = world.part(Visibility, "")
    visibility.before(call)
    result = visibility.after(call, dispatch.handle(call) or {})
    return _success(received, result)


def _success(received: AwsRequest, result: dict[str, Any]) -> Answer:
    request_id = str(uuid4())
    if received.service == "s3":
        return _xml(result["status"], result.get("body", ""), request_id)
    if received.service in QUERY_SERVICES:
        model = wire.operation_model(received.service, received.operation)
        return _xml(200, wire.serialise_result(model, result, request_id), request_id)
    return _json(200, result, request_id)


def _error(received: AwsRequest, error: AwsError) -> Answer:
    request_id = str(uuid4())
    status = error.status or wire.http_status_of(received.service, error.code)
    if received.service in QUERY_SERVICES or received.is_form:
        return _xml(status, wire.serialise_error(error, status, request_id), request_id)
    if received.service == "s3":
        body = f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
        return _xml(status, body, request_id)
    code = _JSON_CODES.get(error.code, error.code)
    return _json(status, {"__type": code, "message": error.message}, request_id)


def _xml(status: int, text: str, request_id: str) -> Answer:
    body = text.encode()
    return status, [("Content-Type", "text/xml"), ("x-amzn-RequestId", request_id)], body


def _json(status: int, content: dict[str, Any], request_id: str) -> Answer:
    headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", request_id)]
    return status, headers, json.dumps(content, default=_epoch).encode()


def _epoch(value: Any) -> float:
    """Timestamps of the JSON protocol are seconds."""
    seconds: float = value.timestamp()
    return seconds
