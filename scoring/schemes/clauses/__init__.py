"""The kinds of clauses; importing this registers them all."""

from . import adjustment as adjustment
from . import base as base
from . import cap as cap
from . import checklist as checklist
from . import conversion as conversion
from . import credit as credit
from . import exclude as exclude
from . import instructions as instructions
from . import mean as mean
from . import multiplier as multiplier
from . import points_table as points_table
from . import quality as quality
from . import rate_gate as rate_gate
from . import several as several
from . import strike as strike
from . import target as target
from . import total_flag as total_flag
from . import urgent_share as urgent_share
