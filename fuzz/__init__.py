"""Fuzzing: what strangers may hand to crfner, changed at random, has to be taken or refused, and never to do harm.

`targets` has one module for each way in, `outcome` says what may come of an input, `mutation` changes sound ones,
`child` runs them in a process that may crash, and `run` is the command. See README.md beside this file.
"""
