"""The company's own sign-in, by OpenID Connect: whom it names, once everything it says was checked."""
