"""The whole proof for the junctions of a town or of one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signal_plans.verifying.fingerprint import programme_fingerprint, rules_fingerprint
from signal_plans.verifying.limits import Limits
from signal_plans.verifying.plays import check_plays
from signal_plans.verifying.programmes import check_offset, check_programme, check_restarts
from signal_plans.verifying.successions import check_successions
from signal_plans.verifying.switches import SwitchFindings, check_switches
from signal_plans.verifying.transitions import check_transitions
from signal_plans.verifying.violation import Check, Findings, Violation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from signal_plans.junction import Junction


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was watched and what was found."""

    junctions: int
    programmes: int
    switches: SwitchFindings
    parts: Mapping[str, Findings]
    """What was done, each with its own node-seconds."""
    fingerprints: Mapping[str, str]
    """SHA-256 by "junction/programme", and by "junction" for its rules."""

    @property
    def violations(self) -> list[Violation]:
        """All of them."""
        return [violation for part in self.parts.values() for violation in part.violations]

    @property
    def node_seconds(self) -> int:
        """Seconds of a junction that a monitor has judged."""
        return sum(part.node_seconds for part in self.parts.values())


def prove(junctions: Mapping[str, Junction], limits: Limits | None = None) -> Proof:
    """Check all programmes, all switches at all seconds, transitions, restarts and clocks that step or jump."""
    bounds = limits or Limits()
    fingerprints = fingerprints_of(junctions)
    programmes, restarts, successions, transitions = Findings(), Findings(), Findings(), Findings()
    switches = SwitchFindings()
    for junction in junctions.values():
        for programme in junction.programmes:
            programmes.add(check_programme(programme, bounds))
            programmes.violations += check_offset(programme)
        switches.join(check_switches(junction, bounds))
        successions.add(check_successions(junction))
        transitions.add(check_transitions(junction))
        restarts.add(check_restarts(junction))
    plays = check_plays(junctions)
    unchanged = Findings(cases=len(fingerprints), violations=changes(fingerprints, fingerprints_of(junctions)))
    return Proof(
        junctions=len(junctions),
        programmes=programmes.cases,
        switches=switches,
        parts={
            "programmes": programmes,
            "switches": switches,
            "switches in succession": successions,
            "offset transitions": transitions,
            "restarts": restarts,
            "switches played": plays[Check.SWITCH],
            "clock steps back": plays[Check.STEP_BACK],
            "forward jumps": plays[Check.FORWARD_JUMP],
            "fingerprints": unchanged,
        },
        fingerprints=fingerprints,
    )


def joined(proofs: Sequence[Proof]) -> Proof:
    """One proof of several, each for junctions of its own."""
    switches = SwitchFindings()
    parts: dict[str, Findings] = {name: Findings() for name in proofs[0].parts}
    parts["switches"] = switches
    for proof in proofs:
        switches.join(proof.switches)
        for name, part in proof.parts.items():
            if name != "switches":
                parts[name].add(part)
    return Proof(
        junctions=sum(proof.junctions for proof in proofs),
        programmes=sum(proof.programmes for proof in proofs),
        switches=switches,
        parts=parts,
        fingerprints={name: value for proof in proofs for name, value in proof.fingerprints.items()},
    )


def fingerprints_of(junctions: Mapping[str, Junction]) -> dict[str, str]:
    """Fingerprints by "junction/programme" and, of the rules, by "junction"."""
    found = {}
    for junction_id, junction in junctions.items():
        found[junction_id] = rules_fingerprint(junction.layout)
        for programme in junction.programmes:
            found[f"{junction_id}/{programme.id}"] = programme_fingerprint(programme)
    return found


def changes(released: Mapping[str, str], now: Mapping[str, str]) -> list[Violation]:
    """Programmes and rules that are not as released; new ones are not known to the release and are told too."""
    found = []
    for name in sorted({*now, *released}):
        if now.get(name) == released.get(name):
            continue
        junction_id, _, programme = name.partition("/")
        state = "is missing" if name not in now else "was not released" if name not in released else "has changed"
        found.append(
            Violation(
                check=Check.FINGERPRINT,
                junction_id=junction_id,
                programmes=(programme,) if programme else (),
                rule="fingerprint",
                detail=f"{'programme' if programme else 'rules'} {name} {state}",
            )
        )
    return found
