"""Where the installation is put together: what the environment says, Django's settings, every address."""
