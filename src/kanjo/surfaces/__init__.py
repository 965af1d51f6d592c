"""Every door in: pages, API, command, jobs. Doors translate, they never decide."""
