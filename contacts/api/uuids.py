"""UUIDs of contacts (RFC 9562, version 8): computed from team and ID, which never change, so they need no column.

60 bits are the contact's ID, 62 bits a hash of team and ID, so that another team's UUID and an invented one are found
to be wrong without a look into the database.
"""

import hashlib
import uuid

MAX_ID = 2**60 - 1
_VERSION, _VARIANT = 8 << 76, 2 << 62


def contact_uuid(team_id: int, id: int) -> str:
    digest = hashlib.sha256(f"heymarket:contact:{team_id}:{id}".encode()).digest()
    hashed = int.from_bytes(digest[:8]) >> 2
    return str(uuid.UUID(int=(id >> 12) << 80 | _VERSION | (id & 0xFFF) << 64 | _VARIANT | hashed))


def contact_id_of(team_id: int, text: str) -> int | None:
    """The ID of the team's contact with this UUID; None if there can be none."""
    try:
        number = uuid.UUID(text).int
    except ValueError:
        return None
    id = (number >> 80) << 12 | (number >> 64) & 0xFFF
    return id if contact_uuid(team_id, id) == str(uuid.UUID(text)) else None
