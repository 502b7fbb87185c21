"""How the house is kept: setting up, locking, testing and linting, the same at every level. No level teaches it."""
