"""Deputies: who acts for somebody absent, from when to when, in which company and roles. They never chain."""
