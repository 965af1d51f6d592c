"""What benchmarks share: a house of their own, subscriptions to measure with, figures."""
