"""Read-only views across domains. A report may read every table and writes none."""
