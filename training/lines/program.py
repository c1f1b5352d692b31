"""Lines of programs, markup, logs and shell commands."""

from __future__ import annotations

from training.lines import figures, unguessable
from training.lines.draws import HEX, SMALL, Draw, Maker, chance, filled, number, one, some

STEMS = (
    "get",
    "set",
    "item",
    "count",
    "max",
    "idx",
    "node",
    "list",
    "buf",
    "tmp",
    "size",
    "len",
    "key",
    "val",
    "user",
    "row",
    "col",
    "err",
    "init",
    "load",
    "parse",
    "x",
    "i",
    "n",
    "ctx",
    "http",
    "img",
    "out",
)
#: Fields stand between « and », as braces are common here.
TEMPLATES = (
    *(
        "def «snake»(«snake»: int = «n») -> str:",
        "return «snake»[«n»:-«n»]",
        "if «camel» != null && «camel».«camel»() > «n» {",
        "for (int i = 0; i < «n»; i++) {",
    ),
    *(
        "import «snake» as «w»",
        "from «snake».«w» import «Camel»",
        "«snake» = {\"«w»\": «n», '«w»': [«n», «n»]}",
        "const «camel» = («w») => «w».map(x => x * «n»);",
    ),
    *(
        "public static void «camel»(String[] «w»)",
        "#include <«w».h>",
        "#define «UPPER» 0x«hex»",
        'printf("%d\\t%s\\n", «w», «w»);',
        "std::vector<«Camel»> «snake»_;",
    ),
    *(
        "SELECT «w», «snake» FROM «snake» WHERE «w» >= «n»;",
        "UPDATE «w» SET «w» = '«w»' WHERE id = «n»;",
        "$ «w» --«w»=«n» -«l» «path»",
        "sudo apt-get install «w»-«w»",
    ),
    *(
        '$ git commit -m "«w»: «w» «w»"',
        "git checkout -b «w»/«n»-«w»",
        "cd ~/«w» && make -j«d»",
        "ls -la | grep '^«l»' > «path»",
        "«w»@«w»:~$ cat «path»",
        "chmod 755 «path»",
    ),
    *(
        "curl -X POST «url» -d '{\"«w»\":«n»}'",
        'export «UPPER»="$«UPPER»:«path»"',
        "<«w» class=\"«w»-«n»\" id='«w»'>«n»</«w»>",
        "</«w»></«w»>",
        "&«w»;&#«n»;",
        "{ color: #«hex»; margin: «n»px }",
    ),
    *(
        "«stamp» ERROR [«Camel»] «w» failed (code «n»)",
        "«stamp» WARN «snake»: «n» ms",
        "Traceback: «path»:«n»",
        "«Camel»Error: '«w»' is not «w»",
        "# TODO(«w»): «w» «snake»",
        "// «w» «n» == «n»",
    ),
    *(
        "/* «w» */ «w» |= 1 << «d»;",
        '@«w».«w»("/«w»/<«w»>")',
        '«w»: "^«d».«n».0",',
        "\\section{«Camel»}\\label{«w»:«w»}",
        "^[A-Z]{«d»,}\\d+(?:«l»|«l»)*$",
        "%«w»% \\\\«w»\\«w»$",
    ),
    *(
        "x«d» = (a + b) * «l»[i][j] % «n»",
        "«w» ?? «w»?.«camel»!",
        "~«w» ^ «w» & 0x«hex»",
        "`«w»` **«w»** _«w»_ ~~«w»~~",
        "[«w»](«url»)",
        "«UPPER»_«UPPER» = «n»",
        "--«w» --no-«w» -«l»«l»",
    ),
    *(
        "a[«d»] = {«d», «d», «d»};",
        "«w»; } // «n»",
        "while (!«camel») { «w»++; }",
        "«n» «n» «hex» «hex» «hex»",
        "«hex» «hex» «hex» «hex» |«w»..|",
        "404 «url»",
        "«Camel»::«camel»<T>(&self)",
    ),
)


def _word(rng: Draw) -> str:
    return one(STEMS, rng) if chance(0.8, rng) else some(SMALL, number(2, 7, rng), rng)


def camel(rng: Draw) -> str:
    """An identifier such as getItemCount."""
    return _word(rng) + "".join(_word(rng).capitalize() for _ in range(number(1, 2, rng)))


def _capital_camel(rng: Draw) -> str:
    return "".join(_word(rng).capitalize() for _ in range(number(2, 3, rng)))


def _snake(rng: Draw) -> str:
    return "_".join(_word(rng) for _ in range(number(1, 3, rng)))


FIELDS: dict[str, Maker] = {
    "w": _word,
    "camel": camel,
    "Camel": _capital_camel,
    "snake": _snake,
    "UPPER": lambda rng: _snake(rng).upper(),
    "n": lambda rng: str(int(10 ** rng.uniform(0.0, 3.5))),
    "d": lambda rng: str(number(1, 9, rng)),
    "l": lambda rng: one(SMALL, rng),
    "hex": lambda rng: some(HEX, one((2, 4, 6), rng), rng),
    "path": unguessable.path,
    "url": unguessable.url,
    "stamp": figures.timestamp,
}


def program(rng: Draw) -> str:
    """A line of code, markup, a log or a shell."""
    return filled(one(TEMPLATES, rng), FIELDS, rng, "«»")
