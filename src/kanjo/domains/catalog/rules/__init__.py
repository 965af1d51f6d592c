"""What makes a product, a price and a tax rate sound."""
