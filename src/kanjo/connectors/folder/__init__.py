"""The folder into which files are put for another program to take."""
