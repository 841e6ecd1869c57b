"""The kinds of clauses; importing this registers them all."""

from . import base as base
from . import cap as cap
from . import conversion as conversion
from . import mean as mean
from . import points_table as points_table
from . import rate_gate as rate_gate
from . import several as several
from . import strike as strike
from . import target as target
from . import total_flag as total_flag
