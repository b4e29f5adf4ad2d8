"""The process that walks a protocol: reads one from its input, writes how far it is, and at the end what it found.

It ends when whoever began it is gone: nobody would read the answer.
"""

import json
import os
import sys

from crisis.checker.check import check
from crisis.protocols.schema import Protocol


def main() -> None:
    os.nice(19)
    began_by = os.getppid()

    def told(states: int) -> None:
        if os.getppid() != began_by:
            raise SystemExit(1)
        _say({"states": states})

    proof = check(Protocol.model_validate_json(sys.stdin.read()), None, told)
    findings = [[each.rule, each.text, list(each.story)] for each in proof.findings]
    _say({"states": proof.states, "findings": findings})


def _say(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
