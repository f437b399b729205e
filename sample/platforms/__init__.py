"""One file = one platform: the world as that platform's interface shows it at one moment."""
