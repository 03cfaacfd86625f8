"""Are the facts of a school edited, imported and undone safely, by those who may?"""
