"""Words every floor speaks: money, splitting, periods, day counts, identifiers, refusals. No framework."""
