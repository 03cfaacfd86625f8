"""Does the whole line hold, from a school's folder to what is published? Commands in processes of their own."""
