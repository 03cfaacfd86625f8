"""Do a school's files say to us what they say to people?"""
