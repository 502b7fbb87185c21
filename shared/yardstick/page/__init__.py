"""The page of a comparison: one file that opens anywhere, and a picture for a README. It only reads results.

lives     which streams, offices and lives a comparison has
figures   what is shown of a life, and the middle of it over the seeds of a stream
board     all figures of a stream, at hand for every section
headline, steps, timeline, variants, money, climb, judged, seeds, sheet
          a section each: words that were computed, tables, and the data of a plot
charts/   the plots and the sliders, drawn by the reader's browser
write     puts it together
hero      the picture, light and dark
"""

from yardstick.page.hero import hero
from yardstick.page.write import write

__all__ = ["hero", "write"]
