"""Invented lines of notices, price lists and forms: signs of all kinds; and sentences with Hanja put in."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from ocrtool.charset import UNKNOWN
from ocrtool.text import is_syllable
from training.synthesis.hangul_signs import is_hanja

#: Lines with slots as in `training.synthesis.korean_mixed`.
SIGN_TEMPLATES = (
    "㈜새길문화 ☎ 02-{phone} (담당 {letters})",
    "▶ 입장료: 어른 ₩{count}, 어린이 ₩{count}",
    "■ 규격 {small}㎝×{small}㎝, 무게 {size}㎏, 용량 {large}㎖",
    "온도를 {small}℃→{small}℃로 올리고 물 {digit}ℓ를 붓는다.",
    "※ 환율: £{size}, €{size}, ¥{count}, US${size}",
    "◎ 면적 {large}㎡(전용 {size}㎡) · 거리 {size}㎞",
    "§ {digit} 총칙, § {small} 벌칙에 따른다.",
    "○ 모집 인원 {small}명 ● 접수 {date}",
    "□ 예 ■ 아니오 ▲ 보류 △ 기타",
    "★ 추천 ☆ 보통 ◆ 신규 ◇ 종료 ♥ 인기",
    "동 → 서 ← 남 ↑ 북 ↓ 왕복 ↔",
    "값이 {digit} ≤ {small}이면 합격, {small} ≥ {digit}이면 불합격, ≠는 무효",
    "상표 ®, 제품 ™, ©{year} 무단 전재 금지†",
    "⑪ 성명 ⑫ 주소 ⑬ 전화 ⑭ 직업 ⑮ 서명",
    "㉮ 국어 ㉯ 영어 ㉰ 수학 ㉱ 과학",
    "설탕 ½컵, 소금 ¼컵, 밀가루 ¾컵을 섞는다.",
    "배기량 {count}㏄, 출력 {large}㎾, 길이 {large}㎜",
    "▷ 관람 시간: {time}~{time} ◁",
    "• 주차 {small}대 • 승강기 {digit}대 • 휴게실",
    "논 {size}㏊, 저수량 {large}㎥, 넓이 {size}㎢",
    "약 {large}㎎을 하루 {digit}번 먹는다(☏ {phone}).",
    "합계 ₩{count} (부가세 ₩{count} 포함)",
    "할인가 ₩{count} ⇒ 정가의 {percent}%",
    "기온 {small}℉, 습도 {percent}%, 염도 {digit}‰",
)
#: Share of the syllables of a sentence's words that Hanja take the place of, and share of words with Hanja in brackets.
REPLACED, GLOSSED = 0.06, 0.12

_WORD = re.compile(r"[가-힣]{2,4}(?![가-힣])")


def with_hanja(text: str, hanja: Sequence[str], rng: np.random.Generator) -> str:
    """``text`` with Hanja in brackets behind some words, and in the place of others."""

    def changed(word: re.Match[str]) -> str:
        draw, drawn = rng.random(), "".join(rng.choice(hanja, len(word[0])))
        if draw < GLOSSED:
            return f"{word[0]}({drawn})"
        return drawn if draw < GLOSSED + REPLACED * len(word[0]) else word[0]

    return _WORD.sub(changed, text)


def as_read(text: str) -> str:
    """What a text with Hanja is to be read as."""
    return "".join(UNKNOWN if is_hanja(c) and not is_syllable(c) else c for c in text)
