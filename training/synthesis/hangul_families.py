"""The Korean font families that syllables are drawn from, by kind, and which of them are only measured on.

Families of Debian come as packages; the others are npm packages of Fontsource, all under the SIL Open Font License.
``python -m training.synthesis.fetch_korean_fonts`` fetches both. A family that Debian and Fontsource both have stands
here once.
"""

from __future__ import annotations

#: What a family looks like. "sans": gothic, dotum; "rounded": gulim and other round ends; "brush": gungseo and brushes.
KINDS = ("serif", "sans", "rounded", "pen", "brush", "typewriter", "display")

#: Packages of Debian: fonts-NAME.
DEBIAN_PACKAGES = (
    "alee",
    "baekmuk",
    "lexi-gulim",
    "lexi-saebom",
    "nanum",
    "nanum-extra",
    "unfonts-core",
    "unfonts-extra",
    "woowa-bm",
)

#: Families of these packages by kind: name and file names.
DEBIAN: dict[str, dict[str, tuple[str, ...]]] = {
    "serif": {
        "baekmuk-batang": ("batang.ttf",),
        "lexi-saebom": ("LexiSaebomR.ttf",),
        "nanum-myeongjo": ("NanumMyeongjo.ttf", "NanumMyeongjoBold.ttf", "NanumMyeongjoExtraBold.ttf"),
        "un-batang": ("UnBatang.ttf", "UnBatangBold.ttf"),
        "un-shinmun": ("UnShinmun.ttf",),
    },
    "sans": {
        "baekmuk-dotum": ("dotum.ttf",),
        "nanum-barun-gothic": (
            "NanumBarunGothic.ttf",
            "NanumBarunGothicBold.ttf",
            "NanumBarunGothicLight.ttf",
            "NanumBarunGothicUltraLight.ttf",
        ),
        "nanum-gothic": ("NanumGothic.ttf", "NanumGothicBold.ttf", "NanumGothicExtraBold.ttf", "NanumGothicLight.ttf"),
        "nanum-square": ("NanumSquareL.ttf", "NanumSquareR.ttf", "NanumSquareB.ttf", "NanumSquareEB.ttf"),
        "un-dinaru": ("UnDinaru.ttf", "UnDinaruBold.ttf", "UnDinaruLight.ttf"),
        "un-dotum": ("UnDotum.ttf", "UnDotumBold.ttf"),
    },
    "rounded": {
        "baekmuk-gulim": ("gulim.ttf",),
        "bm-jua": ("BMJUA_ttf.ttf",),
        "lexi-gulim": ("LexiGulim.ttf",),
        "nanum-square-round": (
            "NanumSquareRoundL.ttf",
            "NanumSquareRoundR.ttf",
            "NanumSquareRoundB.ttf",
            "NanumSquareRoundEB.ttf",
        ),
        "un-graphic": ("UnGraphic.ttf", "UnGraphicBold.ttf"),
    },
    "pen": {
        "eunjin": ("Eunjin.ttf", "EunjinNakseo.ttf"),
        "nanum-barun-pen": ("NanumBarunpenR.ttf", "NanumBarunpenB.ttf"),
        "nanum-pen": ("NanumPen.ttf",),
        "un-pen": ("UnPen.ttf", "UnPenheulim.ttf"),
        "un-pilgi": ("UnPilgi.ttf", "UnPilgiBold.ttf"),
        "un-pilgia": ("UnPilgia.ttf",),
    },
    "brush": {"nanum-brush": ("NanumBrush.ttf",), "un-gungseo": ("UnGungseo.ttf",)},
    "typewriter": {
        "nanum-gothic-coding": ("NanumGothicCoding.ttf", "NanumGothicCodingBold.ttf"),
        "un-jamo": ("UnJamoBatang.ttf", "UnJamoDotum.ttf", "UnJamoNovel.ttf", "UnJamoSora.ttf"),
        "un-taza": ("UnTaza.ttf",),
        "un-vada": ("UnVada.ttf",),
    },
    "display": {
        "baekmuk-headline": ("hline.ttf",),
        "bandal": ("Bandal.ttf",),
        "bangwool": ("Bangwool.ttf",),
        "bm-dohyeon": ("BMDOHYEON_ttf.ttf",),
        "bm-euljiro": ("BMEULJIROTTF.ttf", "BMEuljiro10yearslater.ttf"),
        "bm-hanna": ("BMHANNAAir_ttf.ttf", "BMHANNAPro.ttf", "BMHANNA_11yrs_ttf.ttf"),
        "bm-kiranghaerang": ("BMKIRANGHAERANG-TTF.ttf",),
        "bm-yeonsung": ("BMYEONSUNG_ttf.ttf",),
        "guseul": ("Guseul.ttf",),
        "un-yetgul": ("UnYetgul.ttf",),
    },
}

#: Families of Fontsource by kind.
FONTSOURCE = {
    "serif": ("diphylleia", "gowun-batang", "hahmlet", "noto-serif-kr", "song-myung"),
    "sans": ("gothic-a1", "gowun-dodum", "ibm-plex-sans-kr", "noto-sans-kr", "orbit", "stylish"),
    "rounded": ("dongle", "sunflower"),
    "pen": ("gaegu", "gamja-flower", "hi-melody", "poor-story", "single-day"),
    "brush": ("black-and-white-picture", "east-sea-dokdo"),
    "display": ("bagel-fat-one", "black-han-sans", "cute-font", "gasoek-one", "gugi"),
}

#: Families of Debian that only lend Hanja to pages, fonts-NAME, with their files; none is trained on.
HANJA_PACKAGES = {
    "ipaexfont-mincho": "ipaexm.ttf",
    "wqy-zenhei": "wqy-zenhei.ttc",
    "arphic-uming": "uming.ttc",
}

#: Families never trained on: to measure on type not seen before. The two of NanumSquare share their skeleton.
TEST = frozenset(
    {
        "gowun-batang",
        "baekmuk-batang",
        "ibm-plex-sans-kr",
        "lexi-gulim",
        "nanum-square",
        "nanum-square-round",
        "nanum-barun-pen",
        "poor-story",
    }
)
#: Families kept back to choose weights by.
VALIDATION = frozenset({"hahmlet", "gowun-dodum", "un-graphic", "gamja-flower"})


def part_of(family: str) -> str:
    """``test``, ``validation`` or ``train``."""
    return "test" if family in TEST else "validation" if family in VALIDATION else "train"
