"""Do the commands tell the truth, in words and in exit codes?"""
