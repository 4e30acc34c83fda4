"""Rounds: all targets are measured in each, so that a noisy moment meets them alike."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.client import HTTPException

from . import load
from .load import Sample
from .servers import Cores, Failed, Memory, Server, Spec, started
from .targets import OURS, Target

WARMING = 1  # seconds of each target that are not counted


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is measured: *rounds*, of so many *seconds* and *connections* for each target."""

    rounds: int
    seconds: int
    connections: int
    cores: Cores


@dataclass(frozen=True, slots=True)
class Start:
    """Seconds until the first answer, by the wall and of the processor (if that is known)."""

    wall: float
    cpu: float | None


@dataclass(slots=True)
class Figures:
    """What was measured: samples by target, in order, bytes sent, and what was left out.

    Starts are by server; memory is that of ours after it has served. What failed has no figures.
    """

    samples: dict[str, list[Sample]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    starts: dict[str, list[Start]] = field(default_factory=dict)
    memory: Sequence[Memory] = ()
    missing: dict[str, str] = field(default_factory=dict)  # by target or server: what it needs
    failed: dict[str, str] = field(default_factory=dict)  # by target or server: why

    @contextmanager
    def noting(self, *names: str) -> Iterator[None]:
        """Note that these targets or servers failed if the block does: the others go on."""
        try:
            yield
        except (Failed, OSError, HTTPException) as error:
            why = str(error) if isinstance(error, Failed) else f"no answer: {error}"
            for name in names:
                self.failed[name] = why
                self.samples.pop(name, None)
                self.starts.pop(name, None)

    def rates(self, target: str, clock: str) -> list[float]:
        """Requests a second, run by run, by the wall or for a second of the processor."""
        rates = (_rate(sample, clock) for sample in self.samples.get(target, []))
        return [rate for rate in rates if rate is not None]

    def ratios(self, target: str, to: str, clock: str) -> list[float]:
        """Divide a target's rates by another's, pair by pair; empty if one was left out.

        Where one was measured twice a round, it was so near the other's run of that round.
        """
        ours, theirs = self.samples.get(target, []), self.samples.get(to, [])
        pairs = zip(_repeat(ours, len(theirs)), _repeat(theirs, len(ours)), strict=False)
        rates = ((_rate(one, clock), _rate(other, clock)) for one, other in pairs)
        return [one / other for one, other in rates if one and other]


def serve(targets: Sequence[Target], plan: Plan, figures: Figures) -> Iterator[str]:
    """Measure *targets* into *figures*; yields the name of each as it is done in a round."""
    with ExitStack() as stack:
        servers = _started(targets, plan.cores, figures, stack)
        asked = {}
        for target in (target for target in targets if target.server.name in servers):
            server = servers[target.server.name]
            with figures.noting(target.name):
                asked[target.name], figures.sizes[target.name] = target.asked(server)
                _run(server, target, asked[target.name], replace(plan, seconds=WARMING))
                figures.samples[target.name] = []
        measured = [target for target in targets if target.name in figures.samples]
        for target in turns(measured, plan.rounds):
            yield target.name
            if target.name in figures.failed:
                continue
            with figures.noting(target.name):
                seconds = max(1, plan.seconds // 2) if target.swift else plan.seconds
                run = replace(plan, seconds=seconds)
                sample = _run(servers[target.server.name], target, asked[target.name], run)
                figures.samples[target.name].append(sample)
        with suppress(KeyError, OSError):  # it was not started, or has ended
            figures.memory = servers[OURS].memory()


def turns(targets: Sequence[Target], rounds: int) -> list[Target]:
    """Say in which order *targets* are measured: there, and back in the next round.

    Swift ones go there and back in each round: for as long in all, but sooner after each other.
    """
    swift = [target for target in targets if target.swift]
    slow = [target for target in targets if not target.swift]
    order = []
    for number in range(rounds):
        order += [*swift, *swift[::-1], *slow[:: -1 if number % 2 else 1]]
    return order


def start(specs: Sequence[Spec], plan: Plan, figures: Figures) -> Iterator[str]:
    """Start servers in turns, each once a round, and time their first answers.

    A start before, which may have to compile modules, is not counted.
    """
    for number in range(plan.rounds + 1):
        for spec in specs:
            yield spec.name
            if spec.name in figures.failed:
                continue
            with figures.noting(spec.name), started(spec, plan.cores) as server:
                taken = Start(time.monotonic() - server.began, server.seconds())
                if number:
                    figures.starts.setdefault(spec.name, []).append(taken)


def _rate(sample: Sample, clock: str) -> float | None:
    if clock == "wall":
        return sample.rate
    return 1e6 / sample.work if sample.work else None


def _repeat(samples: Sequence[Sample], length: int) -> list[Sample]:
    """Let each of *samples* stand as often as makes them so many, if they are fewer."""
    times = max(1, length // len(samples)) if samples else 1
    return [sample for sample in samples for _ in range(times)]


def _run(server: Server, target: Target, headers: Mapping[str, str], plan: Plan) -> Sample:
    return load.run(
        *(server, target.path, headers),
        seconds=plan.seconds,
        connections=plan.connections,
        cores=plan.cores,
    )


def _started(
    targets: Sequence[Target], cores: Cores, figures: Figures, stack: ExitStack
) -> Mapping[str, Server]:
    """Start what the targets need, once each; what is not installed or fails is noted."""
    servers: dict[str, Server] = {}
    for spec in {target.server.name: target.server for target in targets}.values():
        if load.missing() or spec.missing():
            continue
        with figures.noting(*(one.name for one in targets if one.server.name == spec.name)):
            servers[spec.name] = stack.enter_context(started(spec, cores))
    for target in targets:
        lack = load.missing() or target.server.missing()
        if lack:
            figures.missing[target.name] = lack
    return servers
