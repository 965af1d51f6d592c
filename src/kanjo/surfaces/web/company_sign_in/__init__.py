"""The company's own sign-in: there, back, and which account is whose."""
