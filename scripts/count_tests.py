#!/usr/bin/env python3
"""Adds up the results that test runners printed into log files, and prints `N passed, M failed` alone on a line.

Only a runner's own closing lines count. No such line at all, or a failure, makes the exit code 1.
"""

import re
import sys

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
# (pattern, group of passed, group of failed); a group of None stands for zero.
CLOSING_LINES = [
    # cargo test
    (re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed;"), 1, 2),
    # node's test runner prints passes and failures on lines of their own
    (re.compile(r"^(?:ℹ|#) pass (\d+)$"), 1, None),
    (re.compile(r"^(?:ℹ|#) fail (\d+)$"), None, 1),
    # scripts of this project
    (re.compile(r"^(\d+) passed, (\d+) failed$"), 1, 2),
]


def main() -> int:
    passed = failed = 0
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8", errors="replace") as log:
            for raw in log:
                line = ESCAPES.sub("", raw).strip()
                for pattern, pass_group, fail_group in CLOSING_LINES:
                    found = pattern.match(line)
                    if found:
                        passed += int(found.group(pass_group)) if pass_group else 0
                        failed += int(found.group(fail_group)) if fail_group else 0
                        break
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
