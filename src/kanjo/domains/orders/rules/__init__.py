"""Rules of orders: what stands, what may be accepted, what an amendment changes. All pure."""
