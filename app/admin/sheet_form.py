"""What the editor's forms have in common: nested fields, and faults that find their field."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from wtforms import Field, FieldList, FormField, HiddenField

from app.admin.forms import AdminForm
from app.calendar.faults import Fault
from app.editing.words import label


class SheetForm(AdminForm):
    """A form for a part of a file; `checksum` stands for the leaf as it was when the form was shown."""

    TABLE: ClassVar[str] = ""
    """The table of the file that the whole form is about."""
    checksum = HiddenField()

    def shown(self) -> dict[str, Any]:
        """What was typed, for app.editing.sheets."""
        return {name: value for name, value in self.data.items() if name not in ("token", "checksum")}

    def faults(self) -> list[tuple[str, str]]:
        return [
            (name, str(sentence) if name == "token" else f"{self._called(name)}: {sentence}")
            for name, field in self._fields_by_id().items()
            for sentence in (field.errors if name == "token" else field.errors[:1])
        ]

    def tell(self, fault: Fault) -> None:
        """Puts a fault beside its field, or first of all when the form has no such field."""
        fields, message = self._fields_by_id(), fault.message
        path = fault.field.removeprefix(f"{self.TABLE}.") if fault.field else "tip" * ("tipset" in message)
        name = re.sub(r"\[(\d+)\]", lambda place: f"-{int(place[1]) - 1}", path).replace(".", "-")
        row = re.fullmatch(r"([\w.]+)\[(\d+)\]", path)
        if name not in fields and row and (whole := row[1].replace(".", "-")) in fields:
            name, message = whole, f"rad {row[2]} {message}"
        if name in fields:
            fields[name].errors = [*fields[name].errors, message]
        else:
            self.refuse(str(fault))

    def refuse(self, sentence: str) -> None:
        """A sentence about the whole form."""
        self["token"].errors = [*self["token"].errors, sentence]

    def _called(self, name: str) -> str:
        path = re.sub(r"-(\d+)", lambda place: f"[{int(place[1]) + 1}]", name).replace("-", ".")
        return label(f"{self.TABLE}.{path}" if self.TABLE else path)

    def _fields_by_id(self) -> dict[str, Field]:
        return {field.id: field for field in _leaves(self)}


def _leaves(fields: Any) -> Iterator[Field]:
    for field in fields:
        if isinstance(field, FormField):
            yield from _leaves(field.form)
        elif isinstance(field, FieldList):
            yield from _leaves(field)
        else:
            yield field
