-- The embedded store. Every row is keyed by its port: directly, through a place (port.no * 2^40 + position), or through its object.

CREATE TABLE port (
    no   INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE
) STRICT;

-- Object kinds by small numbers, so that keys stay short.
CREATE TABLE kind (
    no   INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE
) STRICT;

-- Events, append-only. `chain` holds for each object of the event its number and the distance back to the object's former event:
-- the timeline of an object is read by walking back, and appending an event touches no page of old events.
CREATE TABLE event (
    place INTEGER PRIMARY KEY,
    id    BLOB NOT NULL,
    leaf  BLOB NOT NULL,
    chain BLOB NOT NULL,
    body  BLOB NOT NULL
) STRICT;

-- Roots of complete 256-leaf subtrees, with the range of event ids beneath: UUIDv7 ids ascend nearly with the position, so an event is
-- found by id without an index on the hot path.
CREATE TABLE tile (
    place   INTEGER PRIMARY KEY,
    root    BLOB NOT NULL,
    id_low  INTEGER NOT NULL,
    id_high INTEGER NOT NULL
) STRICT;
CREATE INDEX tile_by_id ON tile (id_high, id_low);

-- Signed heads; place holds the size.
CREATE TABLE head (
    place     INTEGER PRIMARY KEY,
    root      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    algorithm TEXT NOT NULL,
    key_id    TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;

-- Objects. Version 0: only mentioned by events so far.
CREATE TABLE object (
    no      INTEGER PRIMARY KEY,
    port    INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    id      TEXT NOT NULL,
    version INTEGER NOT NULL,
    state   BLOB
) STRICT;
CREATE UNIQUE INDEX object_by_id ON object (port, kind, id);

-- Newest event of an object (position + 1) and how many it has.
CREATE TABLE object_tail (
    object INTEGER PRIMARY KEY,
    tail   INTEGER NOT NULL,
    events INTEGER NOT NULL
) STRICT;

-- Every 64th event of an object, so that a long timeline can be entered anywhere.
CREATE TABLE object_mark (
    object INTEGER NOT NULL,
    tail   INTEGER NOT NULL,
    PRIMARY KEY (object, tail)
) STRICT, WITHOUT ROWID;

CREATE TABLE object_link (
    source INTEGER NOT NULL,
    target INTEGER NOT NULL,
    role   TEXT NOT NULL,
    PRIMARY KEY (source, target, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX object_link_by_target ON object_link (target, source, role);

-- The worklist: one row per object. due_sort is due_at, or the end of time.
CREATE TABLE work (
    object    INTEGER PRIMARY KEY,
    port      INTEGER NOT NULL,
    open      INTEGER NOT NULL,
    kind      INTEGER NOT NULL,
    status    TEXT NOT NULL,
    owner     TEXT,
    action    TEXT,
    authority TEXT,
    title     TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    due_at    INTEGER,
    due_sort  INTEGER NOT NULL,
    closed_at INTEGER,
    parties   TEXT NOT NULL,
    keys      TEXT NOT NULL
) STRICT;
CREATE INDEX work_by_opened ON work (port, open, kind, status, opened_at, object, due_sort);
CREATE INDEX work_by_due ON work (port, open, kind, status, due_sort, object, opened_at);

-- Who sees a row (part 0), must act on it (1), is its authority (2).
CREATE TABLE work_party (
    port      INTEGER NOT NULL,
    who       TEXT NOT NULL,
    part      INTEGER NOT NULL,
    open      INTEGER NOT NULL,
    kind      INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    object    INTEGER NOT NULL,
    PRIMARY KEY (port, who, part, open, kind, opened_at, object)
) STRICT, WITHOUT ROWID;

CREATE TABLE work_key (
    port   INTEGER NOT NULL,
    key    TEXT NOT NULL,
    object INTEGER NOT NULL,
    PRIMARY KEY (port, key, object)
) STRICT, WITHOUT ROWID;

-- Rows per kind, status and action: of the port (scope ''), and the open ones of each party, owner and authority.
CREATE TABLE work_count (
    port   INTEGER NOT NULL,
    scope  TEXT NOT NULL,
    open   INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    status TEXT NOT NULL,
    action TEXT NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (port, scope, open, kind, status, action)
) STRICT, WITHOUT ROWID;

-- Milestones of container journeys, in the order of store::Milestone.
CREATE TABLE journey (
    port      INTEGER NOT NULL,
    container TEXT NOT NULL,
    terminal  TEXT,
    m0 INTEGER, m1 INTEGER, m2 INTEGER, m3 INTEGER, m4 INTEGER, m5 INTEGER, m6 INTEGER,
    m7 INTEGER, m8 INTEGER, m9 INTEGER, m10 INTEGER, m11 INTEGER, m12 INTEGER, m13 INTEGER,
    PRIMARY KEY (port, container)
) STRICT;
CREATE INDEX journey_m0 ON journey (port, m0) WHERE m0 IS NOT NULL;
CREATE INDEX journey_m1 ON journey (port, m1) WHERE m1 IS NOT NULL;
CREATE INDEX journey_m2 ON journey (port, m2) WHERE m2 IS NOT NULL;
CREATE INDEX journey_m3 ON journey (port, m3) WHERE m3 IS NOT NULL;
CREATE INDEX journey_m4 ON journey (port, m4) WHERE m4 IS NOT NULL;
CREATE INDEX journey_m5 ON journey (port, m5) WHERE m5 IS NOT NULL;
CREATE INDEX journey_m6 ON journey (port, m6) WHERE m6 IS NOT NULL;
CREATE INDEX journey_m7 ON journey (port, m7) WHERE m7 IS NOT NULL;
CREATE INDEX journey_m8 ON journey (port, m8) WHERE m8 IS NOT NULL;
CREATE INDEX journey_m9 ON journey (port, m9) WHERE m9 IS NOT NULL;
CREATE INDEX journey_m10 ON journey (port, m10) WHERE m10 IS NOT NULL;
CREATE INDEX journey_m11 ON journey (port, m11) WHERE m11 IS NOT NULL;
CREATE INDEX journey_m12 ON journey (port, m12) WHERE m12 IS NOT NULL;
CREATE INDEX journey_m13 ON journey (port, m13) WHERE m13 IS NOT NULL;

-- state: 0 pending, 1 delivered, 2 dead.
CREATE TABLE outbox (
    no           INTEGER PRIMARY KEY,
    port         INTEGER NOT NULL,
    id           TEXT NOT NULL,
    channel      TEXT NOT NULL,
    receiver     TEXT NOT NULL,
    kind         TEXT NOT NULL,
    object_kind  TEXT,
    object_id    TEXT,
    body         BLOB NOT NULL,
    due_at       INTEGER NOT NULL,
    state        INTEGER NOT NULL DEFAULT 0,
    attempts     INTEGER NOT NULL DEFAULT 0,
    fault        TEXT,
    delivered_at INTEGER
) STRICT;
CREATE UNIQUE INDEX outbox_by_id ON outbox (port, id);
CREATE INDEX outbox_by_state ON outbox (port, state, due_at);
CREATE INDEX outbox_by_due ON outbox (port, due_at);
CREATE INDEX outbox_by_object ON outbox (port, object_kind, object_id, due_at) WHERE object_id IS NOT NULL;

CREATE TABLE blob (
    no         INTEGER PRIMARY KEY,
    port       INTEGER NOT NULL,
    sha256     TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes      BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX blob_by_hash ON blob (port, sha256);

CREATE TABLE record (
    no         INTEGER PRIMARY KEY,
    port       INTEGER NOT NULL,
    space      TEXT NOT NULL,
    id         TEXT NOT NULL,
    version    INTEGER NOT NULL,
    body       BLOB NOT NULL,
    expires_at INTEGER
) STRICT;
CREATE UNIQUE INDEX record_by_id ON record (port, space, id);
CREATE INDEX record_by_expiry ON record (port, expires_at) WHERE expires_at IS NOT NULL;

-- Remembered answers in order of giving; found by the first 8 bytes of the SHA-256 of port, scope and key.
CREATE TABLE idempotency (
    no           INTEGER PRIMARY KEY,
    port         INTEGER NOT NULL,
    fingerprint  INTEGER NOT NULL,
    scope        TEXT NOT NULL,
    key          TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    answer       BLOB NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
CREATE INDEX idempotency_by_fingerprint ON idempotency (fingerprint);

CREATE TABLE audit (
    no           INTEGER PRIMARY KEY,
    port         INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    who          TEXT NOT NULL,
    organisation TEXT,
    action       TEXT NOT NULL,
    object_kind  TEXT,
    object_id    TEXT,
    outcome      TEXT NOT NULL,
    request      TEXT NOT NULL,
    detail       TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_who ON audit (port, who);
CREATE INDEX audit_by_organisation ON audit (port, organisation) WHERE organisation IS NOT NULL;
CREATE INDEX audit_by_object ON audit (port, object_kind, object_id) WHERE object_id IS NOT NULL;

CREATE TABLE number_series (
    port   INTEGER NOT NULL,
    series TEXT NOT NULL,
    next   INTEGER NOT NULL,
    PRIMARY KEY (port, series)
) STRICT, WITHOUT ROWID;

-- Written by the readiness probe after a failure, to learn whether the disk takes bytes again.
CREATE TABLE probe (
    no    INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;
