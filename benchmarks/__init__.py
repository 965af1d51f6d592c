"""The figures: each program measures one thing beside its limit. `./kanjo bench` runs them all."""
