"""Who is asking, and how did they come in? Codes, passwords, signed-in browsers, tokens, and the person behind each request.

`doors` lets people in and out, `invitations` makes the codes they come in with, `person` says who asks, once a request.
What they may then do is `api.access`'s to say.
"""
