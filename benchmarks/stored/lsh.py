"""What is stored in an index of MinHash signatures, and a batch looked up in it.

    lsh.py LIBRARY FILE STORED

FILE has a text in each line, as JSON: so many that are stored, then the batch. Prints JSON, in
seconds of CPU: `index` for putting the signatures of what is stored into an index, which a process
has to do before it can look anything up; `batch` for the batch's signatures, looking them up and
adding them; and how many of the batch have a copy in store. What the signatures of the stored
texts cost is left out, as they would be kept. Runs in an environment of its own.
"""

import json
import sys
import time
from typing import Any

PERMUTATIONS = 128
THRESHOLD = 0.5
BANDS = 32
SHINGLE_WORDS = 5


class Datasketch:
    def __init__(self) -> None:
        from datasketch import MinHash, MinHashLSH

        self.make = MinHash
        self.index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)

    def signed(self, shingles: set[str]) -> Any:
        made = self.make(num_perm=PERMUTATIONS)
        made.update_batch([one.encode() for one in shingles])
        return made


class Rensa:
    def __init__(self) -> None:
        from rensa import RMinHash, RMinHashLSH

        self.make = RMinHash
        self.index = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=BANDS)

    def signed(self, shingles: set[str]) -> Any:
        made = self.make(num_perm=PERMUTATIONS, seed=1)
        made.update(list(shingles))
        return made


LIBRARIES: dict[str, type[Datasketch | Rensa]] = {"datasketch": Datasketch, "rensa": Rensa}


def shingles(text: str) -> set[str]:
    words = text.lower().split()
    return {" ".join(words[at : at + SHINGLE_WORDS]) for at in range(len(words))}


def main() -> None:
    library, stored = LIBRARIES[sys.argv[1]](), int(sys.argv[3])
    with open(sys.argv[2], encoding="utf-8") as lines:
        signatures = [library.signed(shingles(json.loads(next(lines)))) for _ in range(stored)]
        batch = [json.loads(line) for line in lines]
    began = time.process_time()
    for key, signature in enumerate(signatures):
        library.index.insert(key, signature)
    indexed = time.process_time()
    copies = 0
    for key, text in enumerate(batch, stored):
        signature = library.signed(shingles(text))
        found = library.index.query(signature)
        near = [other for other in found if other < stored]
        copies += any(signature.jaccard(signatures[other]) >= THRESHOLD for other in near)
        library.index.insert(key, signature)
    done = time.process_time()
    print(json.dumps({"index": indexed - began, "batch": done - indexed, "copies": copies}))


main()
