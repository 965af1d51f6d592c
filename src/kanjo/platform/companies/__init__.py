"""Selling companies: whose house it is. Each has its currency, language, calendar, fiscal year, numbers and ledger."""
