"""The decision tables of an approval matrix: cells, inputs, checks before activation, path and outcome."""
