"""Reads Detailed records, one a line, and writes a dictionary for them and their parts."""

import re
import sys

import zstandard

SIZE = 16 * 1024

samples = []
for line in sys.stdin:
    record = line.rstrip("\n")
    legs = re.search(r',"legs":\[.*\]', record)
    if legs:
        start, end = legs.span()
        samples.append((record[:start] + record[end:]).encode())
        samples.append(f"{start} {end - start}\n{legs.group(0)}".encode())
    else:
        samples.append(record.encode())
dictionary = zstandard.train_dictionary(SIZE, samples, level=3, dict_id=int(sys.argv[1]))
sys.stdout.buffer.write(dictionary.as_bytes())
