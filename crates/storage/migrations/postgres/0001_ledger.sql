-- The cluster store. Every row is keyed by its port, so that a port can move to a database of its own.
-- Texts that are keys compare by bytes (collation "C"), as in the embedded store.

-- One row per port: the size of its ledger. Writers lock it, so that several binaries append one after the other.
CREATE TABLE port_log (
    port TEXT COLLATE "C" PRIMARY KEY,
    size BIGINT NOT NULL
);

CREATE TABLE event (
    port     TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,
    leaf     BYTEA NOT NULL,
    body     BYTEA NOT NULL,
    PRIMARY KEY (port, position)
);
CREATE INDEX event_by_id ON event (port, id);

CREATE TABLE event_object (
    port      TEXT COLLATE "C" NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    object_id TEXT COLLATE "C" NOT NULL,
    position  BIGINT NOT NULL,
    PRIMARY KEY (port, kind, object_id, position)
);

CREATE TABLE tile (
    port TEXT COLLATE "C" NOT NULL,
    no   BIGINT NOT NULL,
    root BYTEA NOT NULL,
    PRIMARY KEY (port, no)
);

CREATE TABLE head (
    port      TEXT COLLATE "C" NOT NULL,
    size      BIGINT NOT NULL,
    root      TEXT NOT NULL,
    at        BIGINT NOT NULL,
    algorithm TEXT NOT NULL,
    key_id    TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (port, size)
);

CREATE TABLE object (
    port    TEXT COLLATE "C" NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    state   BYTEA NOT NULL,
    PRIMARY KEY (port, kind, id)
);

CREATE TABLE object_link (
    port        TEXT COLLATE "C" NOT NULL,
    source_kind TEXT COLLATE "C" NOT NULL,
    source_id   TEXT COLLATE "C" NOT NULL,
    target_kind TEXT COLLATE "C" NOT NULL,
    target_id   TEXT COLLATE "C" NOT NULL,
    role        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (port, source_kind, source_id, target_kind, target_id, role)
);
CREATE INDEX object_link_by_target ON object_link (port, target_kind, target_id);

-- The worklist. due_sort is due_at, or the end of time; parties and keys are JSON lists as given.
CREATE TABLE work (
    port      TEXT COLLATE "C" NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    open      BOOLEAN NOT NULL,
    status    TEXT COLLATE "C" NOT NULL,
    owner     TEXT COLLATE "C",
    action    TEXT COLLATE "C",
    authority TEXT COLLATE "C",
    title     TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    due_at    BIGINT,
    due_sort  BIGINT NOT NULL,
    closed_at BIGINT,
    parties   TEXT NOT NULL,
    keys      TEXT NOT NULL,
    PRIMARY KEY (port, kind, id)
);
CREATE INDEX work_by_opened ON work (port, open, opened_at, kind, id);
CREATE INDEX work_by_due ON work (port, open, due_sort, kind, id);
CREATE INDEX work_by_status ON work (port, open, kind, status, opened_at);
CREATE INDEX work_by_authority ON work (port, authority, open, opened_at, kind, id) WHERE authority IS NOT NULL;
CREATE INDEX work_by_owner ON work (port, owner, open, opened_at, kind, id) WHERE owner IS NOT NULL;

CREATE TABLE work_party (
    port      TEXT COLLATE "C" NOT NULL,
    who       TEXT COLLATE "C" NOT NULL,
    open      BOOLEAN NOT NULL,
    opened_at BIGINT NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (port, who, open, opened_at, kind, id)
);
CREATE INDEX work_party_by_object ON work_party (port, kind, id);

CREATE TABLE work_key (
    port TEXT COLLATE "C" NOT NULL,
    key  TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    id   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (port, key, kind, id)
);
CREATE INDEX work_key_by_object ON work_key (port, kind, id);

-- Milestones of container journeys, in the order of store::Milestone.
CREATE TABLE journey (
    port      TEXT COLLATE "C" NOT NULL,
    container TEXT COLLATE "C" NOT NULL,
    terminal  TEXT COLLATE "C",
    m0 BIGINT, m1 BIGINT, m2 BIGINT, m3 BIGINT, m4 BIGINT, m5 BIGINT, m6 BIGINT,
    m7 BIGINT, m8 BIGINT, m9 BIGINT, m10 BIGINT, m11 BIGINT, m12 BIGINT, m13 BIGINT,
    PRIMARY KEY (port, container)
);
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
    port         TEXT COLLATE "C" NOT NULL,
    id           TEXT COLLATE "C" NOT NULL,
    channel      TEXT NOT NULL,
    receiver     TEXT NOT NULL,
    kind         TEXT NOT NULL,
    object_kind  TEXT COLLATE "C",
    object_id    TEXT COLLATE "C",
    body         BYTEA NOT NULL,
    due_at       BIGINT NOT NULL,
    state        SMALLINT NOT NULL DEFAULT 0,
    attempts     BIGINT NOT NULL DEFAULT 0,
    fault        TEXT,
    delivered_at BIGINT,
    PRIMARY KEY (port, id)
);
CREATE INDEX outbox_by_state ON outbox (port, state, due_at, id);
CREATE INDEX outbox_by_due ON outbox (port, due_at, id);
CREATE INDEX outbox_by_object ON outbox (port, object_kind, object_id, due_at) WHERE object_id IS NOT NULL;

CREATE TABLE blob (
    port       TEXT COLLATE "C" NOT NULL,
    sha256     TEXT COLLATE "C" NOT NULL,
    media_type TEXT NOT NULL,
    bytes      BYTEA NOT NULL,
    PRIMARY KEY (port, sha256)
);

CREATE TABLE record (
    port       TEXT COLLATE "C" NOT NULL,
    space      TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    version    BIGINT NOT NULL,
    body       BYTEA NOT NULL,
    expires_at BIGINT,
    PRIMARY KEY (port, space, id)
);
CREATE INDEX record_by_expiry ON record (port, expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE idempotency (
    port         TEXT COLLATE "C" NOT NULL,
    scope        TEXT COLLATE "C" NOT NULL,
    key          TEXT COLLATE "C" NOT NULL,
    request_hash TEXT NOT NULL,
    answer       BYTEA NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (port, scope, key)
);
CREATE INDEX idempotency_by_age ON idempotency (port, at);

CREATE TABLE audit (
    no           BIGINT GENERATED ALWAYS AS IDENTITY,
    port         TEXT COLLATE "C" NOT NULL,
    at           BIGINT NOT NULL,
    who          TEXT COLLATE "C" NOT NULL,
    organisation TEXT COLLATE "C",
    action       TEXT COLLATE "C" NOT NULL,
    object_kind  TEXT COLLATE "C",
    object_id    TEXT COLLATE "C",
    outcome      TEXT NOT NULL,
    request      TEXT NOT NULL,
    detail       TEXT NOT NULL,
    PRIMARY KEY (port, no)
);
CREATE INDEX audit_by_who ON audit (port, who, no);
CREATE INDEX audit_by_organisation ON audit (port, organisation, no) WHERE organisation IS NOT NULL;
CREATE INDEX audit_by_object ON audit (port, object_kind, object_id, no) WHERE object_id IS NOT NULL;

CREATE TABLE number_series (
    port   TEXT COLLATE "C" NOT NULL,
    series TEXT COLLATE "C" NOT NULL,
    next   BIGINT NOT NULL,
    PRIMARY KEY (port, series)
);
