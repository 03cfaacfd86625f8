"""Are the sample schools and the generated ones what they claim to be?"""
