"""Which counties do we know, and how is their law written down? One folder of data a county, read by the modules here.

`scheduler.policy` is the door; nobody outside imports these modules directly.
"""
