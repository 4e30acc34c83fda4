"""What the made-up blogs are about: names that developers use, the frequent ones first."""

from __future__ import annotations

# Each line is a field. Posts take their tags from one field and its neighbours; the first and
# the last are neighbours, too.
_FIELDS = """\
python flask django asyncio typing packaging pytest pip jinja sqlalchemy pydantic celery
javascript typescript node.js react vue svelte npm webpack deno vite jsx electron
css html accessibility design typography responsive svg animation fonts grid colour print
htmx hypermedia forms progressive-enhancement templates sse alpine turbo rest json http cookies
sqlite postgresql sql indexes migrations mysql transactions fts5 backups replication orm duckdb
linux bash ssh systemd debian vim tmux zsh awk make filesystems cron
docker kubernetes deployment nginx ci ansible terraform aws caddy helm monitoring on-call
git github code-review workflow bisect rebase hooks monorepo gitlab signing changelogs patches
testing tdd fixtures mocks coverage fuzzing property-based browsers flaky snapshots load ab-tests
performance profiling caching benchmarks memory latency concurrency threads locks gc simd queues
rust cargo borrow-checker wasm traits async-rust embedded ffi unsafe macros serde no-std
go goroutines channels grpc protobuf interfaces generics modules gofmt context cgo pprof
c++ c cmake templates-cpp pointers gdb llvm undefined-behaviour abi linker assembly stl
security passwords oauth tls csrf csp xss encryption threat-models sandboxing audits phishing
architecture refactoring patterns ddd microservices monolith events coupling naming apis debt
career interviews writing teaching remote-work mentoring burnout management hiring meetings talks
machine-learning numpy pandas jupyter statistics embeddings pytorch llm plots datasets vision nlp
data-engineering etl kafka parquet airflow spark streaming warehouses csv schemas lineage dbt
functional haskell elixir clojure lisp ocaml monads immutability f# recursion erlang scala
java kotlin spring jvm maven gradle android c# .net swift ios xamarin
mobile pwa offline push touch flutter react-native app-stores gestures battery sync widgets
unicode i18n regex parsing compilers grammars lexers encodings time-zones fonts-rendering bidi ast
hardware raspberry-pi arduino keyboards electronics 3d-printing sensors automation radio robots
games graphics shaders opengl physics godot procedural maths fractals sound midi emulators
open-source licences community documentation maintainers funding releases semver readme governance
"""

# The words that every text is full of; the first has the first rank.
_FREQUENT = """\
the of and to a in is it that for you this with as on be are not or can we if but by an from
have at which your was when will all so there what how do one has use they more then no out
like just their other up only some get them would also time into about make than any because
data code file first where work these way should need same want new here run much most two over
even does well now its could each after before without our my user test line server using know
page think list thing better problem own really many still
"""

_NAMES_IN_CODE = """\
hx-push-url hx-swap-oob data-hx-get hx-trigger C++ C# __init__ __name__ @app.route @property
--dry-run --no-cache std::vector std::move node_modules package.json pyproject.toml .htaccess
.gitignore #include self.assertEqual asyncio.gather functools.lru_cache os.path.join
urllib.parse SELECT_INTO_OUTFILE ON_CONFLICT PRAGMA_journal_mode Content-Security-Policy
X-Forwarded-For Cache-Control If-None-Match text/html application/json ENOSPC SIGTERM
git-bisect rebase--onto localhost:8000 127.0.0.1 /etc/hosts ~/.ssh/config $PATH i++ a->b f(x)
x86_64 utf-8 ISO-8859-1 snake_case camelCase useEffect querySelector addEventListener
document.body Array.from Promise.all Vec<u8> Option<T> impl-Trait &mut 'static fn() println!
"""

FIELDS = tuple(tuple(line.split()) for line in _FIELDS.splitlines())
FREQUENT = tuple(_FREQUENT.split())
NAMES_IN_CODE = tuple(_NAMES_IN_CODE.split())
