-- Counters kept by day: figures over many objects are read, not counted again.
CREATE TABLE tally (
    port   INTEGER NOT NULL,
    series TEXT NOT NULL,
    day    INTEGER NOT NULL,
    key    TEXT NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (port, series, day, key)
) STRICT, WITHOUT ROWID;
