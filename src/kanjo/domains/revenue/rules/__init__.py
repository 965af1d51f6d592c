"""Rules of revenue: how much of a price is earned by a day, and what is to be posted. All pure."""
