"""The server with trouble around it: what was acknowledged is there, once, and it goes on by itself.

`load` is people who go on whatever happens and remember what they were answered; `trouble` is what happens to the
server. The tests of this folder and `make soak` (`soak`) put the two together.
"""
