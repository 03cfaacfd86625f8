"""What is every table made of? Column types that mean the same on both databases, and the keys each row carries."""

import json
import secrets
import zlib
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NewType, TypeVar

from sqlalchemy import (
    BigInteger,
    Date,
    DateTime,
    Dialect,
    Enum,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, declared_attr, mapped_column

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

SchoolId = NewType("SchoolId", str)
AccountId = NewType("AccountId", str)
TermId = NewType("TermId", str)
JobId = NewType("JobId", str)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Letters and digits that are not taken for each other when read aloud."""


def new_id() -> str:
    """Twenty letters and digits: 100 bits, so that nobody finds a row by counting."""
    return "".join(secrets.choice(ALPHABET) for _ in range(20))


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; aware when written, aware when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonText(TypeDecorator[Json]):
    """JSON as text with sorted keys, so that equal values are equal bytes on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json:
        read: Json = None if value is None else json.loads(value)
        return read


class Packed(TypeDecorator[str]):
    """A long text, compressed: a scenario of 3,000 pupils takes about a tenth."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else zlib.compress(value.encode(), 6)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else zlib.decompress(value).decode()


Word = TypeVar("Word", bound=StrEnum)


def words(kind: type[Word]) -> Enum:
    """A column that holds one of these words, written as their values. A new word needs no migration."""
    return Enum(
        kind, native_enum=False, create_constraint=False, length=40, values_callable=lambda each: [str(one) for one in each]
    )


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True, repr=False, eq=False):
    """All tables. Rows are made with keywords, and never print what they hold."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text(),
        SchoolId: Text(),
        AccountId: Text(),
        TermId: Text(),
        JobId: Text(),
        datetime: Moment(),
        date: Date(),
        int: Integer(),
    }


class OfSchool(MappedAsDataclass, kw_only=True, repr=False, eq=False):
    """A row of one school. The key is set by the session that writes it and cannot be given."""

    school: Mapped[SchoolId] = mapped_column(primary_key=True, init=False, sort_order=-2)


class Row(OfSchool, kw_only=True, repr=False, eq=False):
    """A row with an id of its own; ids are looked up together with the school."""

    id: Mapped[str] = mapped_column(primary_key=True, default_factory=new_id, sort_order=-1)


class Versioned(MappedAsDataclass, kw_only=True, repr=False, eq=False):
    """A row that several people may change: each change counts `version` up by one."""

    version: Mapped[int] = mapped_column(init=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy hands over the class
        return {"version_id_col": cls.version}


def of(column: str, table: str) -> ForeignKeyConstraint:
    """The row that `column` names exists, and in the same school."""
    return ForeignKeyConstraint(["school", column], [f"{table}.school", f"{table}.id"])


def of_its_school() -> ForeignKeyConstraint:
    """The school of the row exists."""
    return ForeignKeyConstraint(["school"], ["schools.school"])


BIG = BigInteger().with_variant(Integer(), "sqlite")
