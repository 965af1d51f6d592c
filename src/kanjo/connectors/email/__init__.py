"""E-mail out, through Django's backends: files in the demonstration, a server where one is configured."""
