"""Answers until it is killed: `python -m tests.surveys.answering 12 TOKEN TOKEN …` says "ready", waits for a line, and prints
the number of each token whose answer was acknowledged, after it was."""

import sys
import time

import django


def main(wave: int, tokens: list[str]) -> None:
    """One answer with a comment for each token."""
    django.setup()
    from alongside.surveys.accept import accept  # noqa: PLC0415 (after the set-up)

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for number, token in enumerate(tokens):
        accept(wave, token, {"lead.1": 1}, "A comment.")
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        time.sleep(0.002)  # a person is slower


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
