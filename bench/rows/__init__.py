"""A function for each line of the budget, which measures it.

Begin with `bench` for what they are given; `reads`, `writes`, `delivery`, `push` and `costs` have the functions.
"""

from bench.rows.bench import Bench, Pace, Row
from bench.rows.costs import COSTS
from bench.rows.delivery import DELIVERY
from bench.rows.push import PUSH
from bench.rows.reads import READS
from bench.rows.writes import WRITES

__all__ = ["ROWS", "Bench", "Pace", "Row"]

ROWS: dict[str, Row] = {**READS, **WRITES, **DELIVERY, **PUSH, **COSTS}
