"""Does the service answer programs and people truthfully, and keep its limits?"""
