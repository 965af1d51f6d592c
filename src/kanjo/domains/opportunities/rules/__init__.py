"""What a deal may do at each stage."""
