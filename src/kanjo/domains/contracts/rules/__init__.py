"""Rules of contracts: what is sound, when one ends, how one is changed. All pure."""
