"""From a question that has been read to an answer: understand, find, judge, compose.

What can be answered from parsed facts (a unit's tasks, lists, counts) is looked up over the whole corpus; all
else is searched. The best hit's raw scores tell whether the plan speaks of the matter at all
(:mod:`ipqa.answers.abstention`), the marked sentences whether they hold what was asked for
(:mod:`ipqa.answers.evidence`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ipqa.answers.abstention import Relevance
from ipqa.answers.compose import Composer
from ipqa.answers.evidence import find_missing
from ipqa.answers.listing import Lister
from ipqa.answers.question import WHO, QuestionUnderstanding
from ipqa.answers.suggesting import Suggester
from ipqa.documents.units import UnitDirectory
from ipqa.errors import UnknownUnitError
from ipqa.models import Answer, Clause, Document, Hit, Understanding
from ipqa.retrieval.query import Query
from ipqa.text.normalise import normalise, without_spaces
from ipqa.text.tokens import Tokenizer

Search = Callable[[], tuple[Hit, ...]]

_INDICATOR_ASKS = frozenset({"指标", "目标", "增减", "倍数"})
_CLOSE = 3.0  # scores: the row states the value of the paragraph before it
_DUTY = WHO | {"承担任务"}
_LEFT_OVER = 3  # characters, beyond the unit and the asking, that name no matter of their own
_FILLER = re.compile(
    r"规划|计划|文件|十四五|期间|这个|这份|请问?|帮我|一下|梳理|查|列|我们?|本|院|单位|市|县|都|有|哪些|哪|的|和|与|及|项目|任务"
    r"|工作|专栏|总共|一共|涉及|被|是|要|几|多少|条目?|项|个|主要|具体|需要|应该?|在|里面?|中|到底|了|吗|呢|么|什么|啥|给|派|没"
    r"|出来|清单|知识产权|方面|上|,|。|\?|!|、|:|\s|[()“”\"']"
)
_PROGRAMME = r"[^\W\d_的那这个]{0,2}(?:试点|计划|行动|工程|基金|制度)"
_NAME = re.compile(
    r"(?!.*[的了被在])[\u4e00-\u9fff]{3,12}"
)  # in quotes: a name, and not a manner of speaking
_SUFFIX = re.compile(
    r".*(?:计划|行动|工程|试点|项目|制度|基金|超市|平台|券|名单|热线|联盟|大赛|办法|条例|方案)"
)
_NEAR_A_NAME = 14
_NO_NAME = re.compile("[这那哪咱]|^[省市县区厂里家]里$")
_NAMES_ASKED = 2  # of more unknown words, most are a manner of speaking
_BODY = re.compile(r"^(?!.*[哪归里口]).*(?:局|委|办|署|院|队|委员会|办公室|联合会|妇联|残联|工会|团委)$")
_EVERYDAY = 3e-5  # of all words: one that is used more often is no name
_MENTION = "是否提到"
_TITLE = re.compile("(规划|纲要|计划|方案|意见|办法|条例|通知|措施|决定|规定)$")
_CHAT = {
    "greeting": "您好!请直接问规划里的事,回答都是原文。",
    "thanks": "不客气,有需要随时再问。",
    "self": "我按您的话在政策文件里找答案:给出逐字的原文、出处和责任单位;文件没有写的,会说明没有写。",
}


@dataclass(frozen=True)
class Answerer:
    """Answers questions over one corpus."""

    understanding: QuestionUnderstanding
    relevance: Relevance
    composer: Composer
    lister: Lister
    suggester: Suggester
    units: UnitDirectory
    clauses: Sequence[Clause]
    documents: Sequence[Document]
    tokenizer: Tokenizer
    uses: Callable[[str], bool]  # whether the corpus or its bank uses a word
    text: str  # of all clauses with their headings, in normal form, without white space
    topics: Collection[str]  # words that name a matter of the field, in normal form

    def chat(self, kind: str) -> Answer:
        """The reply to small talk."""
        return Answer("", "", "chat", "chat", _CHAT[kind], suggestions=self.suggester.openers())

    def more(self, hits: Sequence[Hit]) -> Answer:
        """Further passages for the question before."""
        if not hits:
            return Answer("", "", "not_found", "passages", "没有更多相关的原文了。")
        return self.composer.passages(hits)

    def place(self, number: int, hits: Sequence[Hit]) -> Answer:
        """Where the passage of a number stands."""
        if number > len(hits):
            return Answer("", "", "not_found", "passages", f"上一个回答没有第 {number} 条。")
        return self.composer.place(number, hits[number - 1])

    def answer(self, query: Query, turns: Sequence[str], search: Search, limited: bool) -> Answer:
        """Answer a question.

        Args:
            query: the question as it was read.
            turns: the earlier turns that it leans on, in normal form.
            search: gives the hits, best first.
            limited: whether filters narrow the search; then nothing is looked up over the whole corpus.
        """
        told = self._answer(query, turns, search, limited)
        told = replace(told, resolved_question=query.reading)
        return told if told.suggestions else replace(told, suggestions=self.suggester.follow_ups(told))

    def _answer(self, query: Query, turns: Sequence[str], search: Search, limited: bool) -> Answer:
        text, understood = self._understand(query, turns)
        if missing := self._missing_units(understood):
            return self._related(search(), missing, understood, 1.0)
        if not limited and (told := self._from_facts(text, understood)):
            return replace(told, understanding=understood)
        hits = search()
        asks_in_words = bool(re.search("[a-z\u4e00-\u9fff]", query.text))
        chance = self.relevance.of(hits[0].scores) if hits and asks_in_words else 0.0
        if not self._is_topic(query.text, turns) and (
            chance < self.relevance.threshold
            or (chance < self.relevance.doubt and self._has_strange_words(query, understood.names))
        ):
            unmentioned = tuple(self._unmentioned(query, understood))
            return Answer(
                "",
                "",
                "not_found",
                "passages",
                f"{';'.join(unmentioned) or f'{self.name}没有说到这件事'}。",
                tuple(hits),  # the nearest, for whoever wants to see them: nothing of them is cited
                missing=unmentioned,
                suggestions=self.suggester.openers(),
                understanding=understood,
                relevance=chance,
            )
        missing = (*self._unmentioned(query, understood), *self._without_evidence(text, understood, hits))
        if missing:
            return self._related(hits, missing, understood, chance)
        return replace(self._composed(understood, hits), understanding=understood, relevance=chance)

    def has_topic(self, text: str) -> bool:
        """Whether a text names a matter of its own: of the field, or one that the corpus never speaks of."""
        words = self.tokenizer.words(normalise(text))
        return any(word in self.topics or self._is_strange(word) for word in words)

    @property
    def name(self) -> str:
        """What the documents are called in a sentence: 规划, or 文件 where they differ."""
        names = {m.group() if (m := _TITLE.search(d.title)) else "文件" for d in self.documents}
        return names.pop() if len(names) == 1 else "文件"

    def _understand(self, query: Query, turns: Sequence[str]) -> tuple[str, Understanding]:
        """What is asked; a follow-up that asks for nothing of its own asks what the last turn asked."""
        understood = self.understanding.understand(query.text)
        if not turns or understood.asks:
            return query.text, understood
        before = self.understanding.understand(turns[-1])
        return f"{turns[-1]} {query.text}", replace(understood, asks=before.asks)

    def _from_facts(self, text: str, understood: Understanding) -> Answer | None:
        """The answer that parsed facts give; None if the question asks for something else."""
        if "承担任务" in understood.asks and len(understood.units) == 1 and self._names_no_matter(text):
            unit = understood.units[0]
            role = "lead" if "牵头" in understood.asks and "责任单位" not in text else None
            mine = [
                c
                for c in self.clauses
                if not c.continues
                and any(
                    self.units.canonical[r.unit] == unit and role in (None, r.role) for r in c.responsibility
                )
            ]
            tasks = [c for c in mine if c.kind in ("task", "project")]
            rows = [c for c in mine if c.kind == "indicator"]
            if tasks or rows:
                return self.composer.tasks(unit, tasks, rows)
        listed = self.lister.find(text, understood)
        return self.composer.listing(*listed) if listed else None

    def _is_topic(self, text: str, turns: Sequence[str]) -> bool:
        """Whether nothing but a matter is named that the corpus speaks of: 专利."""
        bare = without_spaces(text).strip("?!。,")
        return not turns and bare in self.topics and bare in self.text

    def _names_no_matter(self, text: str) -> bool:
        """Whether a question names nothing but a unit and that its tasks are asked for."""
        rest = text
        for place in self.understanding.own_places:
            rest = rest.replace(place, "")
        for name in sorted(self.understanding.units, key=len, reverse=True):
            rest = rest.replace(name, "")
        for thing in ("承担任务", "清单", "计数", "责任单位", "配合", "牵头"):
            if pattern := self.understanding.asking.patterns.get(thing):
                rest = pattern.sub("", rest)
        return len(_FILLER.sub("", rest)) <= _LEFT_OVER

    def _missing_units(self, understood: Understanding) -> tuple[str, ...]:
        if understood.units or not understood.asks & _DUTY:
            return ()
        missing = []
        for name in understood.other_units:
            if name not in self.text and _BODY.search(name):
                try:
                    self.units.resolve(name)
                except UnknownUnitError as error:
                    missing.append(str(error))
        return tuple(missing)

    def _unmentioned(self, query: Query, understood: Understanding) -> Iterator[str]:
        """Names in quotes, programmes and things asked after that no clause holds."""
        unknown = list(self._unknown(query.text))
        named = [
            name
            for name in understood.names
            if _is_programme(name, query.text)
            and not all(word in self.text for word in self.tokenizer.words(name))
        ]
        if _MENTION in understood.asks and len(unknown) <= _NAMES_ASKED:
            pattern = self.understanding.asking.patterns[_MENTION]
            asking = [part for part in re.split("[,。;?!]", query.text) if pattern.search(part)]
            named += [name for name in unknown if any(name in part for part in asking)]
        named += [n for n in unknown if len(n) > 2 and re.search(re.escape(n) + _PROGRAMME, query.text)]
        for name in dict.fromkeys(named):
            yield f"{self.name}没有提到“{name}”"

    def _unknown(self, text: str) -> Iterator[str]:
        """Stretches of rare words that stand nowhere in the corpus, ways of asking aside."""
        plain = text
        for pattern in self.understanding.asking.patterns.values():
            plain = pattern.sub("|", plain)
        for stretch in re.findall(r"[\u4e00-\u9fff]+", plain):
            run = ""
            for word in (*self.tokenizer.words(stretch), ""):
                rare = len(word) > 1 and self.tokenizer.share(word) < _EVERYDAY
                if rare and not _NO_NAME.search(word) and not self._is_known(word):
                    run += word
                elif run:
                    yield run
                    run = ""

    def _has_strange_words(self, query: Query, names: Sequence[str]) -> bool:
        """Whether a Chinese question holds rare words, ``names`` aside, that neither clauses nor bank use."""
        named = {word for name in names for word in self.tokenizer.search_words(name)}
        chinese = [word for word in query.words if "\u4e00" <= word[0] <= "\u9fff" and word not in named]
        if len(chinese) < len(query.words) / 2:
            return False
        latin = [word for word in query.words if word.isascii() and word.isalpha()]
        return any(map(self._is_strange, (*chinese, *(latin if len(latin) == 1 else ()))))

    def _is_strange(self, word: str) -> bool:
        """Whether a word is rare and neither clauses nor bank use it."""
        return len(word) > 1 and self.tokenizer.share(word) < _EVERYDAY and not self.uses(word)

    def _is_known(self, word: str) -> bool:
        """Whether the corpus holds a word, or all the words inside it."""
        *inside, _ = self.tokenizer.with_subwords([word])
        return word in self.text or (bool(inside) and all(part in self.text for part in inside))

    def _without_evidence(self, text: str, understood: Understanding, hits: Sequence[Hit]) -> tuple[str, ...]:
        document = next(d for d in self.documents if d.id == hits[0].clause.doc_id)
        return find_missing(text, understood, hits, figures_period(document), self.name)

    def _composed(self, understood: Understanding, hits: Sequence[Hit]) -> Answer:
        first = hits[0]
        if first.clause.id in self.composer.indicators:
            return self.composer.indicator(hits, first)
        close = [h for h in hits[1:2] if first.score - h.score < _CLOSE and understood.asks & _INDICATOR_ASKS]
        if close and close[0].clause.id in self.composer.indicators:
            return self.composer.indicator(hits, close[0])
        if understood.asks & WHO and first.clause.responsibility:
            return self.composer.responsibility(hits, "比较" in understood.asks)
        return self.composer.passages(hits)

    def _related(
        self, hits: Sequence[Hit], missing: Sequence[str], understood: Understanding, chance: float
    ) -> Answer:
        told = ";".join(missing)
        if not hits:
            return Answer(
                "", "", "related", "passages", f"{told}。", missing=tuple(missing), understanding=understood
            )
        found = self.composer.passages(hits)
        return replace(
            found,
            status="related",
            text=f"{told}。相关的原文:{found.text}",
            missing=tuple(missing),
            understanding=understood,
            relevance=chance,
        )


def _is_programme(name: str, text: str) -> bool:
    """Whether what stands in quotes names a programme, and is not a manner of speaking."""
    follows = text[text.index(name) + len(name) :][:_NEAR_A_NAME] if name in text else ""
    return bool(_NAME.fullmatch(name) and (_SUFFIX.search(name) or _SUFFIX.match(follows)))


def figures_period(document: Document) -> range:
    """The years of a plan's figures: from the year before it begins to its last; empty if unknown."""
    found = re.findall(r"(?:19|20)\d\d", document.period)
    return range(int(found[0]) - 1, int(found[-1]) + 1) if len(found) > 1 else range(0)
