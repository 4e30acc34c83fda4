"""Lexers: which of Pygments' reads a language, by whatever name authors call it."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class, get_all_lexers

# The nearest that Pygments knows to names that it does not.
_NEAREST = {
    "apacheconf": "htaccess",
    "bash": "curl dotenv env gitattributes gitignore nushell",
    "clojure": "edn",
    "console": "bash-session command-line shellsession terminal",
    "cpp": "metal",
    "css": "pcss postcss",
    "docker": "containerfile",
    "gas": "arm arm64 riscv",
    "graphql": "gql",
    "html": "alpine astro cshtml ejs eta html5 htmx razor svelte vue-html",
    "html+handlebars": "go-html-template go-template gohtml gohtmltemplate gotmpl mustache",
    "html+jinja": "jinja2 njk nunjucks",
    "html+php": "blade",
    "ini": "conf editorconfig gitconfig npmrc",
    "javascript": "es6 node",
    "json5": "geojson jsonc webmanifest",
    "jsx": "javascriptreact",
    "markdown": "mdc mdx rmd",
    "nasm": "assembly masm x86asm",
    "pycon": "doctest ipython ipynb python-repl",
    "pytb": "traceback",
    "sql": "bigquery duckdb plsql snowflake sqlite",
    "postgresql": "pgsql",
    "tsx": "typescriptreact",
    "typescript": "cts mts",
    "vim": "viml vimscript",
    "wast": "wasm",
    "xml": "atom plist",
    "yaml": "cloudformation docker-compose openapi",
    "yaml+jinja": "ansible helm",
}


@lru_cache(maxsize=512)
def named(language: str) -> type[Lexer] | None:
    """Find the lexer for a *language*: a name, however it is written, or a file's extension."""
    name = _NAMES.get(language.lower())
    return find_lexer_class(name) if name else None


def _names() -> dict[str, str]:
    """Map every name in small letters to what Pygments calls the lexer.

    An extension counts where it stands for one language only, and is no name.
    """
    known = list(get_all_lexers(plugins=False))  # looking for plugins takes longer than colouring
    extensions = [
        (pattern[2:].lower(), lexer)
        for lexer, _, patterns, _ in known
        for pattern in patterns
        if pattern.startswith("*.")
    ]
    times = Counter(extension for extension, _ in extensions)
    names = {extension: lexer for extension, lexer in extensions if times[extension] == 1}
    names |= {alias.lower(): lexer for lexer, aliases, *_ in known for alias in aliases}
    return names | {
        alias: names[nearest] for nearest, aliases in _NEAREST.items() for alias in aliases.split()
    }


_NAMES = _names()
