"""Bodies of requests that we parse ourselves: errors name the field, the OpenAPI document still describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from fastapi import HTTPException
from pydantic import ValidationError

from api.wire.base import WireModel

if TYPE_CHECKING:
    from collections.abc import Iterable

Body = TypeVar("Body", bound=WireModel)


def read_body(kind: type[Body], body: bytes) -> Body:
    """A body of a kind.  Raises `HTTPException` 422 with the field and what is wrong with it."""
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "body"
        raise HTTPException(422, f"{field}: {first['msg']}") from error


def takes(kind: type[WireModel]) -> dict[str, Any]:
    """What a route says of its body in the OpenAPI document."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}
    return {"requestBody": {"required": True, "content": content}}


def schemas_of(kinds: Iterable[type[WireModel]]) -> dict[str, Any]:
    """JSON schemas of bodies for the OpenAPI document."""
    found: dict[str, Any] = {}
    for kind in kinds:
        schema = kind.model_json_schema(ref_template="#/components/schemas/{model}")
        found |= schema.pop("$defs", {}) | {kind.__name__: schema}
    return found
