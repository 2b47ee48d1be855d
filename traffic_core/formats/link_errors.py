"""Which line of a file is to blame when `AssignmentNetwork` refuses a link."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from traffic_core.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traffic_core.errors import InvalidValueError

_LINK_FIELD = re.compile(r"link\[(.*)\]\.(\w+)", re.DOTALL)


def error_in_line(
    file: str, error: InvalidValueError, line_of: Mapping[str, int], names: Mapping[str, str]
) -> FileError:
    """Name file, line and column.  `line_of` knows the line of a link id, `names` the columns called otherwise."""
    found = _LINK_FIELD.fullmatch(error.field)
    line, field = (line_of.get(found[1], 0), found[2]) if found else (0, error.field)
    return FileError(file, line, names.get(field, field), error.value, error.limit)
