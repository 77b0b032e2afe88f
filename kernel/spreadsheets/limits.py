"""Limits of the files that are read. A file beyond them is refused with a sentence; docs/contacts.md lists them."""

MEGABYTE = 1024 * 1024

# Of a workbook, which is unpacked.
MAX_PART = 100 * MEGABYTE  # bytes of any part except those below
MAX_STYLES_PART = 16 * MEGABYTE  # bytes
MAX_SHEET_PART = 2048 * MEGABYTE  # bytes; sheets are streamed
MAX_RATIO = 150  # of unpacked to packed size; spreadsheets write parts with a ratio of 10 to 30
MAX_SHEETS = 200
MAX_ROWS = 1_048_576  # as in Excel
MAX_CELLS = 50_000_000  # with a value, on one sheet
MAX_STRINGS = 4_000_000  # different texts
MAX_STYLES = 65_500  # cell formats; Excel has 65,490

# Of the process that reads a file.
MAX_MEMORY = 768 * MEGABYTE  # bytes of address space, of which an empty process takes 100 MB
MAX_SECONDS = 900  # of computing, for a whole file
MAX_SECONDS_TO_HEADER = 60  # of computing, from the start to the first rows
MAX_SILENCE = 120  # seconds without a row
