#!/usr/bin/env python3
"""Writes a synthetic cargo report (CUSCAR D.95B) of about the given number of megabytes: one interchange, a message for every 200 bills.

    generate.py MEGABYTES FILE

The same arguments give the same bytes. Numbers, names and references are made up.
"""

import sys

PORTS = ["CNNGB", "CNSHA", "CNQDG", "SGSIN", "NLRTM", "DEHAM", "KRPUS", "JPYOK"]
GOODS = ["MACHINE PARTS ?+ SPARES", "SYNTHETIC RESIN", "FURNITURE?: CHAIRS", "CERAMIC TILES", "FROZEN FISH, -18 C", "COTTON YARN"]


def main():
    size, path = int(float(sys.argv[1]) * 1_000_000), sys.argv[2]
    state = 20261122

    def chance(limit):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        return (state >> 33) % limit

    out = ["UNB+UNOA:3+TEAT:ZZZ+CUSTEST:ZZZ+261122:0830+REF1'"]
    written, messages = 0, 0
    while written < size:
        messages += 1
        body = [f"UNH+{messages}+CUSCAR:D:95B:UN'", f"BGM+85+MANIFEST{messages}+9'", "DTM+137:202611220830:203'", "NAD+CA+TEAT:172:20'",
                "TDT+20+026W+1++TEAT:172:20+++9999993:146::TEST VESSEL'"]
        for bill in range(1, 201):
            number, packages = f"TEATSHA{messages:05}{bill:03}", chance(900) + 1
            body += [f"CNI+{bill}+{number}'", f"RFF+BM:{number}'", f"CNT+8:{packages}'", f"LOC+9+{PORTS[chance(8)]}:139:6'",
                     f"LOC+11+{PORTS[chance(8)]}:139:6'", f"NAD+CN+++TEST CONSIGNEE {chance(999)} CO LTD:1 SYNTHETIC ROAD'",
                     "NAD+CZ+++TEST SHIPPER PTE LTD'", f"GID+1+{packages}:CT'", f"FTX+AAA+++{GOODS[chance(6)]}'",
                     f"MEA+AAE+G+KGM:{chance(26000) + 50}'", f"SGP+ZZZU{chance(10_000_000):07}+{packages}'"]
        body.append(f"UNT+{len(body) + 1}+{messages}'")
        text = "".join(body)
        written += len(text)
        out.append(text)
    out.append(f"UNZ+{messages}+REF1'")
    with open(path, "w", encoding="ascii", newline="") as file:
        file.write("".join(out))


main()
