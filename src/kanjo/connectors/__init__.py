"""Outside systems: what they send is read whole or refused, and never decides anything."""
