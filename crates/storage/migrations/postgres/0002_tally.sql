-- Counters kept by day: figures over many objects are read, not counted again.
CREATE TABLE tally (
    port   TEXT COLLATE "C" NOT NULL,
    series TEXT COLLATE "C" NOT NULL,
    day    INTEGER NOT NULL,
    key    TEXT COLLATE "C" NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (port, series, day, key)
);
