"""Saving of the contacts of one call: most together, the others one by one. Each is saved or refused by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import batched
from typing import Any

from django.db import OperationalError, transaction
from psycopg.errors import DeadlockDetected
from pydantic import ValidationError

from api.dry_runs import undone_in_a_dry_run
from api.errors import ApiError, ErrorCode
from api.router import ApiRequest
from api.shapes import parse_number
from contacts.api.bulk_saving import save_many
from contacts.api.saving import forbids_texts, record_alone, save_new
from contacts.api.shapes import NewContactRequest, SavedContactResponse
from contacts.contact.models import Contact
from kernel.tenancy import scope
from optout.number_locks import lock_numbers

MAX_TRIES = 3
# Contacts of one transaction, which holds their locks: saved together, or one by one.
TOGETHER, ONE_BY_ONE = 500, 50


@dataclass(frozen=True)
class BatchResult:
    """What became of one contact: it was saved, or refused."""

    index: int
    saved: SavedContactResponse | None = None
    error: ApiError | None = None


# Reads a new contact from the fields of an item. Raises ApiError or ValidationError.
type ReadContact = Callable[[ApiRequest, dict[str, Any]], NewContactRequest]
_STATED = ("phone", "contact_channels", "is_opted_out", "status")  # the number, and that it may not be texted


type OnSaved = Callable[[list[int]], None]


class ContactBatch:
    """The contacts of one call. `on_saved` gets the IDs of saved contacts, in the transaction that saved them."""

    def __init__(self, request: ApiRequest, *, overwrite: bool, on_saved: OnSaved | None = None) -> None:
        self.request, self.overwrite, self.on_saved = request, overwrite, on_saved
        self.bodies: dict[int, NewContactRequest] = {}
        self.indexes: dict[str, list[int]] = {}  # of each number

    def add(self, index: int, body: NewContactRequest) -> None:
        """Raises ApiError for a number that cannot be read."""
        number = parse_number(body.phone, self.request.team, short_codes=False)
        self.bodies[index] = body
        self.indexes.setdefault(number, []).append(index)

    def refuse(self, index: int, item: dict[str, Any], error: ApiError, read: ReadContact) -> BatchResult:
        """The result of a contact that cannot be read. If its number can, its opt-out or block is recorded."""
        alone = {name: item[name] for name in _STATED if name in item}
        try:
            body = read(self.request, alone)
            number = parse_number(body.phone, self.request.team, short_codes=False)
        except (ValidationError, ApiError):
            return BatchResult(index, error=error)
        if not forbids_texts(body):
            return BatchResult(index, error=error)

        def record() -> list[BatchResult]:
            return [BatchResult(index, error=record_alone(self.request, number, body, error))]

        (result,) = save_in_transaction(self.request, record)
        return result

    def save(self) -> list[BatchResult]:
        """All results: most contacts are saved together, the others one by one.

        All items of a number are saved in one transaction, so that, in a dry run too, the second finds the first.
        """
        once = [number for number, indexes in self.indexes.items() if len(indexes) == 1]
        results: list[BatchResult] = []
        for numbers in batched(once, TOGETHER):
            results += self._in_transaction(partial(self._save_together, numbers))
        done = {result.index for result in results}
        rest = [number for number, indexes in self.indexes.items() if not done.issuperset(indexes)]
        for numbers in batched(rest, ONE_BY_ONE):
            results += self._in_transaction(partial(self._save_one_by_one, numbers))
        return results

    def _in_transaction(self, save: Callable[[], list[BatchResult]]) -> list[BatchResult]:
        return save_in_transaction(self.request, save, self.on_saved)

    def _save_together(self, numbers: Sequence[str]) -> list[BatchResult]:
        lock_numbers(self.request.team.id, numbers)
        bodies = {number: self.bodies[self.indexes[number][0]] for number in numbers}
        saved = save_many(self.request, bodies, overwrite=self.overwrite)
        return [BatchResult(self.indexes[number][0], response) for number, response in saved.items()]

    def _save_one_by_one(self, numbers: Sequence[str]) -> list[BatchResult]:
        ordered = _lock_in_order(self.request.team.id, numbers)
        return [self._save(index) for number in ordered for index in self.indexes[number]]

    def _save(self, index: int) -> BatchResult:
        return save_or_refuse(
            index, lambda: save_new(self.request, self.bodies[index], overwrite=self.overwrite)
        )


def save_or_refuse(index: int, save: Callable[[], SavedContactResponse | ApiError]) -> BatchResult:
    """Save one contact; what forbids it is its result. Raises ApiError for what concerns the whole call."""
    try:
        with transaction.atomic():
            saved = save()
    except ApiError as error:
        saved = error
    if isinstance(saved, SavedContactResponse):
        return BatchResult(index, saved)
    if saved.code in (ErrorCode.INTERNAL_ERROR, ErrorCode.UNAVAILABLE):
        raise saved
    return BatchResult(index, error=saved)


def save_in_transaction(
    request: ApiRequest, save: Callable[[], list[BatchResult]], on_saved: OnSaved | None = None
) -> list[BatchResult]:
    """Save some contacts in one transaction, which is tried again after a deadlock. A dry run undoes it."""
    for tries_left in reversed(range(MAX_TRIES)):
        try:
            with scope(request.team.id), undone_in_a_dry_run(request):
                results = save()
                if on_saved:
                    on_saved([result.saved.id for result in results if result.saved])
                return results
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected) or not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def _lock_in_order(team_id: int, numbers: Sequence[str]) -> list[str]:
    """Lock the numbers, and return them in the common lock order of contacts: existing by ID, then new by number."""
    lock_numbers(team_id, numbers)
    rows = Contact.objects.filter(team_id=team_id, number__in=numbers).values_list("number", "id")
    ids = dict(rows)
    return sorted(numbers, key=lambda number: (number not in ids, ids.get(number, 0), number))
