"""From files to clauses, responsibilities and indicators."""
