"""The benchmark: what the server does, how fast, beside what it was meant to do (`make bench`).

Begin with `budget`, the one table of what is measured and what it may cost; `rows` has a function for each line of it.
`ground` prepares accounts full of mail, `server` runs Pillarbox as people run it, `wrk` sends requests, `floor` is the
bare answer everything is compared with. `engine` makes the same calls without any HTTP, `profile` says where the time
goes. It knows Pillarbox by its command line and its protocols; only `engine` looks inside.
"""
