"""Where does a believable school come from when no real one may be shown? `generate` invents one, of any size.

Everything is drawn from one seed, so that the same arguments give the same school on every machine. People, schools and
providers are invented; the hours, kinds and limits are lawful under the county's document.
"""

from scheduler.generate.school import generate

__all__ = ["generate"]
