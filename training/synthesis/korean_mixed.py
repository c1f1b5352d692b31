"""Invented sentences that mix Korean with English words, names, figures, dates, units and addresses of the internet."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from ocrtool.script.hangul.charset import decompose_syllable
from ocrtool.text import is_syllable

#: Sentences with slots; ``은/는`` and the like stand for the particle that fits the syllable before.
TEMPLATES = (
    "{person}은/는 {year}년에 이 관계를 처음으로 밝혔다(p. {small} 참조).",
    "{person}의 설명에 따르면 {gloss}은/는 거리의 제곱에 반비례한다.",
    "{gloss}을/를 늘리면 {gloss}이/가 {percent}% 줄어든다는 뜻이다.",
    "{office}은/는 {date} 보고서에서 성장률을 {percent}%로 내다보았다.",
    "{office}의 {year}년 통계로는 전체의 {percent}%, 곧 {count}명이 이에 해당한다.",
    "모임은 {date} {time}에 시작하며 참가 신청은 {mail}로 받는다.",
    "자료는 {site}에서 내려받을 수 있다(파일 크기 {size} MB, PDF).",
    "문의: {mail}, 전화 02-{phone}, 평일 {time}~{time}",
    "{product}은/는 무게가 {size} kg, 길이가 {small} cm이며 값은 {count}원(VAT 포함)이다.",
    "{product}의 전력은 {small} W, 전압은 220 V이고 {year}년부터 {count}대가 팔렸다.",
    "실험은 {small}℃에서 {small}분 동안 했고 오차는 ±{percent}%였다.",
    "넓이 {size} ㎡, 높이 {small} m인 방에 {gloss} 장치 {digit}대를 두었다.",
    "제{small}조(목적) 이 규칙은 {gloss}의 기준을 정하는 것을 목적으로 한다.",
    "표 {digit}-{digit}에서 보듯 {office} 자료와 차이는 {percent}% 안팎이다.",
    "[그림 {small}] {gloss}와/과 {gloss}의 관계({year}~{later}년)",
    "참고 문헌: {author}, {book}, {year}, pp. {small}-{large}.",
    '영어로는 "{english}"라 하며 줄여서 {letters}라고도 쓴다.',
    "{letters} 방식은 A형 {small}%, B형 {small}%, O형 {small}%로 나뉜다.",
    "버스 {large}번을 타고 {digit}번째 정류장에서 내려 {small} m를 걷는다.",
    "점수는 {small}/100점이고 등급은 {grade}, 순위는 {large}위이다.",
    "※ {english}은/는 {date}까지 {site}에 올린다.",
    "환율은 US$1당 {count}원, 유가는 배럴당 {percent}달러로 마감했다.",
    "서울에서 부산까지 약 {large} km를 KTX로 {digit}시간 {small}분에 간다.",
    "설치가 끝나면 {command}을/를 실행하고 [Enter] 글쇠를 누른다.",
)

_PEOPLE = (
    ("뉴턴", "I. Newton"),
    ("다윈", "C. Darwin"),
    ("케인스", "J. M. Keynes"),
    ("마셜", "A. Marshall"),
    ("파스퇴르", "L. Pasteur"),
    ("패러데이", "M. Faraday"),
    ("튜링", "A. M. Turing"),
    ("섀넌", "C. Shannon"),
    ("호퍼", "G. Hopper"),
    ("퀴리", "M. Curie"),
    ("리카도", "D. Ricardo"),
    ("멘델", "G. Mendel"),
)
_GLOSSES = (
    ("되먹임", "feedback"),
    ("표본", "sample"),
    ("기울기", "gradient"),
    ("지연 시간", "latency"),
    ("대역폭", "bandwidth"),
    ("시제품", "prototype"),
    ("수요 탄력성", "elasticity of demand"),
    ("매개변수", "parameter"),
    ("이동 평균", "moving average"),
    ("저작권", "copyright"),
    ("기준선", "baseline"),
    ("공급망", "supply chain"),
    ("품질 관리", "quality control"),
    ("사용자 경험", "User Experience"),
    ("중앙값", "median"),
    ("부호화", "encoding"),
    ("색인", "index"),
    ("용어집", "glossary"),
    ("하위 시장", "sub-market"),
    ("열전도", "heat conduction"),
)
_OFFICES = (
    ("세계보건기구", "WHO"),
    ("국제통화기금", "IMF"),
    ("경제협력개발기구", "OECD"),
    ("유럽연합", "EU"),
    ("국제에너지기구", "IEA"),
    ("국제표준화기구", "ISO"),
)
_PRODUCTS = (
    ("새 모델", "X-200"),
    ("노트북", "ZenPad 15"),
    ("청소기", "AirMax II"),
    ("사진기", "EOS-3D"),
    ("전기차", "EV6 GT"),
    ("휴대 전화", "Nova S9"),
)
_WORDS = (
    "machine learning",
    "open source",
    "case study",
    "user interface",
    "climate change",
    "long-term memory",
    "Science & Society",
    "trade-off",
    "best practice",
    "random sampling",
    "Final Report",
    "public library",
    "data quality",
    "World Cup",
    "version control",
    "fair use",
)
_COMMANDS = ("setup.exe", "make install", "Update", "Start > Run", "git pull", "config.json")
_BOOKS = ("The Printed Page", "History of Paper", "On Measurement", "Cities and Rivers", "Handbook of Type")
_AUTHORS = ("Miller, J.", "Kim & Park", "Evans, R. T.", "Lee et al.", "O'Brien, K.")
_HOSTS = ("example.com", "example.co.kr", "example.or.kr", "library.example.org", "news.example.net")
_NAMES = ("minsu.kim", "jpark", "help", "info2024", "sales_kr", "y.choi")
_GRADES = ("A+", "B", "C-", "S", "AA")

#: Of each pair the particle after a final consonant, then the one without.
_PARTICLE = re.compile(r"(은/는|이/가|을/를|와/과)")
_AFTER_FINAL = {"은/는": "은", "이/가": "이", "을/를": "을", "와/과": "과"}
_AFTER_VOWEL = {"은/는": "는", "이/가": "가", "을/를": "를", "와/과": "와"}
_BRACKETED = re.compile(r"\([^()]*\)$")
#: Letters and digits whose Korean names end in a consonant.
_CLOSED = "LMNRlmnr013678"


def mixed_sentence(template: str, rng: np.random.Generator) -> str:
    """The sentence of one of TEMPLATES, its slots filled."""
    return with_particles(re.sub(r"\{(\w+)\}", lambda slot: _SLOTS[slot[1]](rng), template))


def with_particles(text: str) -> str:
    """``text`` with the particle that fits in place of each ``은/는``, ``이/가``, ``을/를`` and ``와/과``."""
    parts = _PARTICLE.split(text)
    for index in range(1, len(parts), 2):
        before = _BRACKETED.sub("", "".join(parts[:index]).rstrip("\"'")).rstrip()
        parts[index] = (_AFTER_FINAL if _ends_closed(before) else _AFTER_VOWEL)[parts[index]]
    return "".join(parts)


def _ends_closed(text: str) -> bool:
    last = text[-1:]
    return decompose_syllable(last)[2] > 0 if is_syllable(last) else last in _CLOSED


def _one_of(choices: tuple[str, ...]) -> Callable[[np.random.Generator], str]:
    return lambda rng: choices[rng.integers(len(choices))]


def _glossed(choices: tuple[tuple[str, str], ...]) -> Callable[[np.random.Generator], str]:
    return _one_of(tuple(f"{korean}({english})" for korean, english in choices))


def _number(low: int, high: int) -> Callable[[np.random.Generator], str]:
    return lambda rng: str(int(rng.integers(low, high)))


def _date(rng: np.random.Generator) -> str:
    year, month, day = (int(rng.integers(low, high)) for low, high in ((1988, 2026), (1, 13), (1, 29)))
    forms = (f"{year}년 {month}월 {day}일", f"{year}. {month}. {day}.", f"{year}-{month:02}-{day:02}", f"{month}/{day}")
    weekday = "월화수목금토일"[rng.integers(7)]
    return forms[rng.integers(4)] + (f"({weekday})" if rng.random() < 0.4 else "")


def _time(rng: np.random.Generator) -> str:
    hour, minute = int(rng.integers(7, 21)), 5 * int(rng.integers(12))
    return f"{hour}:{minute:02}" if rng.random() < 0.6 else f"{hour}시 {minute}분"


def _mail(rng: np.random.Generator) -> str:
    return f"{_one_of(_NAMES)(rng)}@{_one_of(_HOSTS)(rng)}"


def _site(rng: np.random.Generator) -> str:
    start = ("https://www.", "www.", "http://")[rng.integers(3)]
    return f"{start}{_one_of(_HOSTS)(rng)}" + (f"/data/{int(rng.integers(2000, 2026))}" if rng.random() < 0.5 else "")


_SLOTS: dict[str, Callable[[np.random.Generator], str]] = {
    "person": _glossed(_PEOPLE),
    "gloss": _glossed(_GLOSSES),
    "office": _glossed(_OFFICES),
    "product": _glossed(_PRODUCTS),
    "english": _one_of(_WORDS),
    "command": _one_of(_COMMANDS),
    "book": _one_of(_BOOKS),
    "author": _one_of(_AUTHORS),
    "grade": _one_of(_GRADES),
    "date": _date,
    "time": _time,
    "mail": _mail,
    "site": _site,
    "letters": lambda rng: "".join("ABCDEFGHKLMPRSTUVX"[i] for i in rng.integers(18, size=3)),
    "digit": _number(1, 10),
    "small": _number(10, 100),
    "large": _number(100, 1000),
    "year": _number(1950, 2010),
    "later": _number(2010, 2026),
    "count": lambda rng: f"{int(rng.integers(1000, 3_000_000)):,}",
    "percent": lambda rng: f"{rng.uniform(0.1, 99):.1f}",
    "size": lambda rng: f"{rng.uniform(0.5, 90):.1f}",
    "phone": lambda rng: f"{int(rng.integers(200, 1000))}-{int(rng.integers(1000, 10_000))}",
}
