"""What makes a customer's data sound."""
