"""pydifact on a file: `python peers.py speed|shape FILE`. It collects every segment; it has no check of the control counts."""

import json
import sys
import time
import warnings

from pydifact.parser import Parser

# Tables of service segments that it does not bring.
warnings.simplefilter("ignore")
NAME = "pydifact 0.2.3"


def parse(text):
    return list(Parser().parse(text))


def first(element):
    return element[0] if isinstance(element, list) else element


def main():
    what, path = sys.argv[1:3]
    with open(path, encoding="iso8859-1", newline="") as file:
        text = file.read()
    if what == "speed":
        begin = time.perf_counter()
        parse(text)
        print(f"{NAME}: collect\t{len(text) / (time.perf_counter() - begin) / 1e6:.2f}")
        return
    try:
        rows = [[s.tag, *(first(e) for e in s.elements[:2])] for s in parse(text) if s.tag != "UNA"]
        print(json.dumps({NAME: {"segments": rows}}))
    except Exception as error:  # whatever a peer raises is its answer
        print(json.dumps({NAME: {"refused": f"{type(error).__name__}: {error}"}}))


main()
