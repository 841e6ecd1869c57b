"""Files and pastes that people and attackers send, made by code: the same bytes every time."""
