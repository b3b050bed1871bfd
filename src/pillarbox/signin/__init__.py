"""What happens when somebody proves who they are: credentials checked, made, changed and ended.

Begin with `credentials`, names and passwords. `oauth` is the authorization server, with its tokens; neither knows the
other. `browser` is what the pages need besides, and `directory` knows people whom others know. The package must not
know HTTP, and does not wait for anything but the store and directories.
"""

__all__ = ["browser", "credentials", "directory", "oauth"]
