"""Draw the Korean sample pages and write their text beside them: ``python samples/make_korean.py FONTS [FOLDER]``.

FONTS holds Korean families, as ``python -m training.synthesis.fetch_korean_fonts --fonts FONTS`` leaves them;
samples/README.md says which are used. The same fonts and version of Pillow give the same bytes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from PIL import Image
from sheet import Face, Sheet, few_grays, one_bit, write_page

LETTER_HEAD = ("한빛골 주말농장 모임", "경기도 가람시 물푸레로 27", "2024년 3월 3일")
LETTER = (
    "박은주 선생님께",
    "지난 2월 19일에 보내 주신 편지 잘 받았습니다. 텃밭 27호를 물으셨지요. 화요일 모임에서 의논한 끝에 4월 1일부터 "
    "그 밭을 쓰시도록 정하였습니다. 한 해 쓰는 값은 36,000원이고 물값이 들어 있습니다.",
    "헛간은 서 있으나 지붕이 온전하지 않습니다. 유리 두 장이 깨졌고 문은 돌쩌귀 하나를 잃었습니다. 작년까지 그 "
    "밭을 일구시던 김 선생님이 물통 하나와 호스 열두 발, 그리고 딸기 몇 포기를 남겨 두셨습니다. 다만 1998년에 손수 "
    "심은 “모과나무를 잘 보아 달라”는 말씀이 있었습니다.",
    "열쇠는 평일 9시 30분부터 12시 사이에 저희 집에서 드립니다. 오실 때 이 편지와 보증금 5,000원을 가져오시면 "
    "됩니다. 궁금하신 것은 bat@hanbitgol.example로 물어 주십시오.",
    "안녕히 계십시오.",
    "오정환 올림",
)

NOTICE_TITLE = "제3회 종이와 활자 강좌 안내"
NOTICE_SUBTITLE = "Paper & Type: A Short Course"
NOTICE_OPENING = (
    "가람시립도서관(Garam City Library)은 2024년 5월 11일(토)부터 6주 동안 종이와 활자의 역사를 다루는 강좌를 "
    "엽니다. 지난해에는 128명이 신청하여 64명이 들었으며, 만족도는 93.5%였습니다."
)
NOTICE_ITEMS = (
    ("①", "강사: 한지원(J. Han), 『종이의 길』(The Paper Road)을 쓴 이"),
    ("②", "때와 곳: 매주 토요일 14:00~16:30, 2층 시청각실(AV room)"),
    ("③", "수강료: 30,000원(재료비 포함), 65세 이상은 50% 할인"),
    ("④", "준비물: 30 cm 자, 연필(HB 또는 2B), A4 종이 10장, 그리고 집에 있는 오래된 책이나 신문 가운데 한 가지"),
)
NOTICE_CLOSING = (
    "첫 시간에는 모팻(A. Moffat)의 실험을 따라 80 g/㎡짜리 종이를 물에 담그고, 20℃에서 15분 뒤에 무게를 답니다. "
    "종이가 머금는 물의 양, 곧 흡수율(absorption)은 섬유의 길이에 비례하고 밀도의 제곱에 반비례한다고 알려져 "
    "있습니다."
)
NOTICE_BOX = (
    "〈신청과 문의〉",
    "· 신청: https://library.garam.example/course (5월 3일까지)",
    "· 문의: type@garam.example, 전화 031-555-0142",
    "※ 주차장이 좁으니 버스 7-1번이나 M512번을 이용해 주십시오.",
)

PRICES_TITLE = "가람문구 값표"
PRICES = (
    "㈜가람문구 ☎ 031-555-0190",
    "■ 공책(줄 8㎜) ₩1,200",
    "■ 먹물 250㎖ ₩4,500",
    "□ 화선지 70㎝×140㎝ ₩3,000",
    "▲ 벼루 1.5㎏ ₩38,000",
    "→ 붓 3호는 5호로 바꿔 드립니다.",
    "※ 외국 손님: £1은 ₩1,700, €1은 ₩1,480",
    "○ 보관은 5℃~25℃에서(§ 4 참조)",
    "● 서예(書藝) 교실: 화요일 10시, 스승 김한빛(金漢彬) 선생",
)
#: Chinese characters: outside what is read, so that the text has U+FFFD for each.
_HANJA = re.compile("([一-鿿]+)")

#: What Korean print does not break: a run of Latin and figures, or a syllable, with the brackets and stops at it.
_ATOM = re.compile(r"[(『〈“]*(?:[A-Za-z0-9@:/.,%-]*[A-Za-z0-9]|[^ ])[)』〉”.,:%℃]*| ")


def letter(fonts: Path) -> tuple[Image.Image, list[str]]:
    """A printed letter, its lines broken at spaces: as wide as A4, 300 dpi, black and white."""
    sheet, face = Sheet(210, 160, 300), Face(fonts / "gowun-batang" / "gowun-batang-400.ttf", 11.5)
    text, y = [], 28.0
    for line in LETTER_HEAD:
        sheet.print(130, y, line, face)
        y += 7
    text += LETTER_HEAD
    for paragraph in LETTER:
        y += 4
        for line in sheet.broken(paragraph, face, 160):
            sheet.print(25, y, line, face)
            text.append(line)
            y += 7
    return one_bit(sheet.image), text


def mixed(fonts: Path) -> tuple[Image.Image, list[str]]:
    """A notice in Korean and English with a list and a box, justified, lines broken within words: 200 dpi, 8 greys."""
    sheet = Sheet(160, 160, 200)
    family = fonts / "ibm-plex-sans-kr"
    face, bold = Face(family / "ibm-plex-sans-kr-400.ttf", 10.5), Face(family / "ibm-plex-sans-kr-700.ttf", 16)
    sheet.print(18, 24, NOTICE_TITLE, bold)
    sheet.print(18, 31, NOTICE_SUBTITLE, Face(bold.path, 11))
    text, y = [NOTICE_TITLE, NOTICE_SUBTITLE], 42.0
    for sign, paragraph in (("", NOTICE_OPENING), *NOTICE_ITEMS, ("", NOTICE_CLOSING)):
        x = 24.0 if sign else 18.0
        sheet.print(18, y, sign, face)
        lines = broken(sheet, paragraph, face, 142 - x)
        for line in lines[:-1]:
            sheet.print_justified(x, y, 142 - x, line, face)
            y += 6.4
        sheet.print(x, y, lines[-1], face)
        y += 6.4 if sign else 9.0
        text += [f"{sign} {lines[0]}".strip(), *lines[1:]]
        if paragraph == NOTICE_ITEMS[-1][1]:
            y += 2.6
    sheet.box(18, y - 3, 124, 6.4 * len(NOTICE_BOX) + 3)
    for line in NOTICE_BOX:
        y += 6.4
        sheet.print(22, y - 3, line, face)
    return few_grays(sheet.image, 8), [*text, *NOTICE_BOX]


def prices(fonts: Path) -> tuple[Image.Image, list[str]]:
    """A price list with signs of many kinds, and names with Hanja in brackets: 300 dpi, 16 greys."""
    sheet = Sheet(120, 90, 300)
    path = fonts / "fonts-lexi-gulim" / "LexiGulim.ttf"
    face, hanja = Face(path, 11), Face(fonts / "fonts-ipaexfont-mincho" / "ipaexm.ttf", 11)
    sheet.print(15, 16, PRICES_TITLE, Face(path, 16))
    y = 19.0
    for line in PRICES:
        x, y = 15.0, y + 7.2
        for run in _HANJA.split(line):
            font = hanja if _HANJA.match(run) else face
            sheet.print(x, y, run, font)
            x += sheet.width_of(run, font)
    text = [re.sub("[一-鿿]", "\N{REPLACEMENT CHARACTER}", line) for line in PRICES]
    return few_grays(sheet.image, 16), [PRICES_TITLE, *text]


def broken(sheet: Sheet, text: str, face: Face, width: float) -> list[str]:
    """``text`` in lines of at most ``width`` mm, broken between any two syllables."""
    lines = [""]
    for atom in _ATOM.findall(text):
        longer = (lines[-1] + atom).lstrip()
        if sheet.width_of(longer.rstrip(), face) <= width:
            lines[-1] = longer
        else:
            lines.append(atom.lstrip())
    return [line.rstrip() for line in lines]


def main(fonts: Path, folder: Path) -> None:
    """Write NAME.png and NAME.txt for each page."""
    for draw, dpi in ((letter, 300), (mixed, 200), (prices, 300)):
        image, text = draw(fonts)
        write_page(folder / draw.__name__, image, text, dpi)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent / "korean")
