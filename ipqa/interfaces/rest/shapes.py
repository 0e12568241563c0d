"""What the services are sent and send back. Replies have the fields of the library's dataclasses."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from ipqa.interfaces.rest.service import Filters
from ipqa.models import Clause, ClauseKind, Document, Hit, Indicator, Role, Topic, Unit
from ipqa.settings import LONGEST_QUESTION

MOST_HITS = 100
MOST_TURNS = 200
LONGEST_NAME = 200


def _whole(value: object) -> object:
    """JSON has one kind of number: 5.0 is as whole as 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)  # stands last: what comes after it is left out of the description
QuestionText = Annotated[
    str,
    Field(
        max_length=LONGEST_QUESTION,
        description="问题,至少有一个文字或数字",
        examples=["商标品牌指导站要建多少家"],
    ),
]
Count = Annotated[int, Field(ge=1, le=MOST_HITS, description="最多几条"), WHOLE]
Name = Annotated[str, Field(max_length=LONGEST_NAME)]
UnitName = Annotated[Name, Field(description="只看写明这个责任单位的,简称、旧称也认")]
RoleName = Annotated[Role, Field(description="单位的角色:lead 牵头,responsible 负责,support 配合")]
DocumentId = Annotated[Name, Field(description="只看这份文件(文件的 id)")]
SectionText = Annotated[Name, Field(description="只看标题含有这些字的章节")]
IssuerText = Annotated[Name, Field(description="只看发布机关含有这些字的文件")]
Day = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", description="发布的日期,例如 2022-08-24、2022"),
]
KindName = Annotated[
    ClauseKind, Field(description="只看这一类:task 任务,project 专栏项目,indicator 指标,paragraph 正文")
]


class SearchRequest(BaseModel):
    """A question to search for, and what the search is limited to."""

    # Strict: "5" is no number. Forbidding: a filter with a slip in its name would else limit nothing.
    model_config = ConfigDict(strict=True, extra="forbid")

    question: QuestionText
    k: Count = 5
    unit: UnitName | None = None
    role: RoleName | None = None
    doc: DocumentId | None = None
    section: SectionText | None = None
    kind: KindName | None = None
    issuer: IssuerText | None = None
    since: Day | None = None
    until: Day | None = None

    def filters(self) -> Filters:
        """What the search is limited to."""
        return Filters(**{name: getattr(self, name) for name in Filters.__dataclass_fields__})


class AskRequest(SearchRequest):
    """A question to answer, with the earlier ones of the conversation."""

    history: list[str] = Field(
        default=[], max_length=MOST_TURNS, description="用户此前的提问,先问的在前;追问会连同它们理解"
    )


class Hits(BaseModel):
    """Clauses found, best first."""

    hits: list[Hit]


class Tasks(BaseModel):
    """Every task and project of a unit, in document order; ``unit`` is the name it is listed under."""

    unit: str
    total: int
    tasks: list[Clause]


class Indicators(BaseModel):
    """Indicators in table order."""

    total: int
    indicators: list[Indicator]


class Units(BaseModel):
    """The units that are named as responsible, the busiest first."""

    total: int
    units: list[Unit]


class Topics(BaseModel):
    """办事指引: the needs of enterprises, each with every clause that serves it."""

    total: int
    topics: list[Topic]


class ClauseInPlace(BaseModel):
    """A clause, the title of its document, its place as officials cite it, and the page's link to it."""

    clause: Clause
    title: str
    place: str
    url: str


_TYPES = get_type_hints(Document)
_FACTS: dict[str, Any] = {f.name: (_TYPES[f.name], ...) for f in fields(Document) if f.name != "text"}
DocumentFacts: Any = create_model(
    "DocumentFacts",
    __doc__="A document's metadata, and how many clauses it has.",
    **_FACTS,
    clauses=(int, ...),
)


class Documents(BaseModel):
    """All documents, by id."""

    total: int
    documents: list[DocumentFacts]
