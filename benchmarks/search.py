"""Searching a thousand products, beside reading the list that the search goes through: `python -m benchmarks.search`.

A list is read once a minute and searched at every typed letter, so a search should cost a small part of reading it. Both are timed in
turns in this process, and the median of their ratios is printed for each kind of query.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path

from bot.otpbuddy import Product, protocol
from bot.otpbuddy.body import Answer
from bot.services.search import search

NAMES = Path(__file__).resolve().parents[1] / "tests" / "services" / "search_catalogue.tsv"
COUNT = 1000
ROUNDS = 200
QUERIES = {
    "a name": "whatsapp",
    "its beginning": "insta",
    "one letter": "o",
    "another script": "телеграм",
    "by its sound": "fasebuk",
    "a mistake": "discrod",
    "in a sentence": "i need a telegram number",
    "nothing": "qwertyuiop",
}


def shelf() -> tuple[Product, ...]:
    """Give a thousand products: the catalogue's names, and as many of them once more with a number behind."""
    listed = [line.split("\t") for line in NAMES.read_text(encoding="utf-8").splitlines()]
    numbered = ((f"{key}{turn}", f"{name} {turn}" if turn else name) for turn in range(COUNT) for key, name in listed)
    return tuple(Product(key, name, Decimal("12.50")) for key, name in islice(numbered, COUNT))


def seconds(action: Callable[[], object]) -> float:
    """Time one call."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def main() -> None:
    """Print the ratios."""
    sold = shelf()
    rows = [{"product_name": product.name, "price": str(product.price), "product_id": product.id} for product in sold]
    answer = Answer(200, {}, json.dumps({"status": 200, "data": rows}, ensure_ascii=False).encode())

    def read() -> object:
        return protocol.read(protocol.products(), answer, redact=str, now=time.time)

    search(sold, "warm")
    for kind, query in QUERIES.items():
        ratios = [seconds(partial(search, sold, query)) / seconds(read) for _ in range(ROUNDS)]
        found = len(search(sold, query).products)
        sys.stdout.write(f"{kind:16} {statistics.median(ratios):6.1%} of reading the list ({found} found)\n")


if __name__ == "__main__":
    main()
