//! What verification reads beside the events: their indexes, objects with all derived rows, indexes that do not follow, hashes of bytes.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{ObjectRef, WorkRow};
use store::{Former, IndexFault, IndexedEvent, IndexedObject, JourneyRow, KeptBytes, KeptObject, Page, StoreError};
use tokio_postgres::types::ToSql;
use tokio_postgres::{IsolationLevel, Row};

use super::PostgresStore;
use super::read::{JOURNEY, LINK, big, journey, object, stored_link};
use super::work::{COLUMNS, item, seers};
use crate::cursor;
use crate::error::postgres;

type Answer<T> = Result<T, StoreError>;

/// Worklist rows whose indexes are compared at once.
const ROWS_AT_ONCE: i64 = 1_000;

/// The next objects by their place in the index of timelines, one index descent each: not a scan over all their events.
const NAMED: &str = "WITH RECURSIVE named (kind, id, n) AS ( \
       (SELECT kind, object_id, 1::bigint FROM event_object WHERE port = $1 AND (kind, object_id) > ($2, $3) ORDER BY kind, object_id LIMIT 1) \
       UNION ALL SELECT e.kind, e.object_id, named.n + 1 FROM named CROSS JOIN LATERAL (SELECT kind, object_id FROM event_object \
         WHERE port = $1 AND (kind, object_id) > (named.kind, named.id) ORDER BY kind, object_id LIMIT 1) e WHERE named.n < $4) \
     SELECT kind, id FROM named \
     UNION (SELECT kind, id FROM object WHERE port = $1 AND (kind, id) > ($2, $3) ORDER BY kind, id LIMIT $4) ORDER BY 1, 2 LIMIT $4";

/// A question whose rows are faults: the table, what does not fit, and a statement that gives one text per row. Within one statement
/// everything is of one instant, so that a writer beside it causes no false answer. `$1` is the port, `$2` how many rows are wanted.
struct Question(&'static str, &'static str, &'static str);

const QUESTIONS: &[Question] = &[
    Question(
        "event_object",
        "a timeline names an event that is not kept",
        "SELECT x.kind || '/' || x.object_id || ', event ' || x.position FROM event_object x WHERE x.port = $1 AND NOT EXISTS \
         (SELECT 1 FROM event e WHERE e.port = x.port AND e.position = x.position)",
    ),
    Question(
        "work",
        "a row of an object that is not kept, or whose open or due order does not follow from it",
        "SELECT w.kind || '/' || w.id FROM work w WHERE w.port = $1 AND (w.open <> (w.closed_at IS NULL) OR w.due_sort <> COALESCE(w.due_at, 9223372036854775807) \
         OR NOT EXISTS (SELECT 1 FROM object o WHERE o.port = w.port AND o.kind = w.kind AND o.id = w.id))",
    ),
    Question(
        "work_party",
        "the index names somebody for a row that is not kept",
        "SELECT x.kind || '/' || x.id || ', ' || x.who FROM work_party x WHERE x.port = $1 AND NOT EXISTS \
         (SELECT 1 FROM work w WHERE w.port = x.port AND w.kind = x.kind AND w.id = x.id)",
    ),
    Question(
        "work_key",
        "the index holds a key of a row that is not kept",
        "SELECT x.kind || '/' || x.id || ', ' || x.key FROM work_key x WHERE x.port = $1 AND NOT EXISTS \
         (SELECT 1 FROM work w WHERE w.port = x.port AND w.kind = x.kind AND w.id = x.id)",
    ),
    Question(
        "object_link",
        "a link from an object that no event names",
        "SELECT l.source_kind || '/' || l.source_id FROM object_link l WHERE l.port = $1 AND NOT EXISTS \
         (SELECT 1 FROM object o WHERE o.port = l.port AND o.kind = l.source_kind AND o.id = l.source_id)",
    ),
    Question(
        "journey",
        "milestones of a container that no event names",
        "SELECT j.container FROM journey j WHERE j.port = $1 AND NOT EXISTS \
         (SELECT 1 FROM event_object x WHERE x.port = j.port AND x.kind = 'container' AND x.object_id = j.container)",
    ),
];

fn reference(row: &Row) -> ObjectRef {
    ObjectRef { kind: row.get::<_, String>(0).into(), id: row.get(1) }
}

impl PostgresStore {
    pub(super) async fn read_indexed(&self, from: u64, limit: u32) -> Answer<Vec<IndexedEvent>> {
        let events = self
            .query(
                "SELECT position, id FROM event WHERE port = $1 AND position >= $2 ORDER BY position LIMIT $3",
                &[&self.port, &big(from), &i64::from(limit)],
            )
            .await?;
        let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(Vec::new()) };
        let (first, last): (i64, i64) = (first.get(0), last.get(0));
        let mut objects: BTreeMap<i64, Vec<IndexedObject>> = BTreeMap::new();
        let sql = "SELECT kind, object_id, position FROM event_object WHERE port = $1 AND position BETWEEN $2 AND $3";
        for row in self.query(sql, &[&self.port, &first, &last]).await? {
            objects.entry(row.get(2)).or_default().push(IndexedObject { object: reference(&row), former: Former::NotKept });
        }
        Ok(events
            .iter()
            .map(|row| {
                let position: i64 = row.get(0);
                IndexedEvent {
                    position: position as u64,
                    id: Some(row.get(1)),
                    objects: Some(objects.remove(&position).unwrap_or_default()),
                }
            })
            .collect())
    }

    pub(super) async fn read_kept_after(&self, cursor: Option<&str>, limit: u32) -> Answer<Page<KeptObject>> {
        let (kind, id) = cursor::decode::<(String, String)>("kept", cursor)?.unwrap_or_default();
        let mut client =
            self.pool.get().await.map_err(|fault| StoreError::Unavailable(format!("no connection to the database: {fault}")))?;
        let snapshot =
            client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start().await.map_err(postgres)?;
        let snapshot = &snapshot;
        let ask = |sql: String, params: Vec<Box<dyn ToSql + Sync + Send>>| async move {
            let statement = snapshot.prepare_cached(&sql).await.map_err(postgres)?;
            let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| &**param as &(dyn ToSql + Sync)).collect();
            snapshot.query(&statement, &params).await.map_err(postgres)
        };
        let port = || Box::new(self.port.clone()) as Box<dyn ToSql + Sync + Send>;
        let size: i64 = ask("SELECT size FROM port_log WHERE port = $1".into(), vec![port()]).await?.first().map_or(0, |row| row.get(0));
        let named = ask(NAMED.into(), vec![port(), Box::new(kind), Box::new(id), Box::new(i64::from(limit))]).await?;
        let named: Vec<ObjectRef> = named.iter().map(reference).collect();
        let (kinds, ids): (Vec<String>, Vec<String>) = named.iter().map(|o| (o.kind.to_string(), o.id.clone())).unzip();
        let lists = || vec![port(), Box::new(kinds.clone()) as Box<dyn ToSql + Sync + Send>, Box::new(ids.clone())];
        let asked = "unnest($2::text[], $3::text[]) AS asked (kind, id)";
        let sql = format!(
            "SELECT o.kind, o.id, o.version, o.state FROM {asked} JOIN object o ON o.port = $1 AND o.kind = asked.kind AND o.id = asked.id"
        );
        let mut states: BTreeMap<ObjectRef, (u64, Vec<u8>)> =
            ask(sql, lists()).await?.iter().map(object).map(|record| (record.object, (record.version, record.state))).collect();
        let sql = format!("SELECT {COLUMNS} FROM {asked} JOIN work w ON w.port = $1 AND w.kind = asked.kind AND w.id = asked.id");
        let mut work: BTreeMap<ObjectRef, WorkRow> =
            ask(sql, lists()).await?.iter().map(item).map(|item| (item.object, item.row)).collect();
        let sql = format!("{LINK} JOIN {asked} ON source_kind = asked.kind AND source_id = asked.id WHERE port = $1");
        let mut links: BTreeMap<ObjectRef, Vec<(ObjectRef, String)>> = BTreeMap::new();
        for link in ask(sql, lists()).await?.iter().map(stored_link) {
            links.entry(link.from).or_default().push((link.to, link.role));
        }
        let sql = format!("{JOURNEY} JOIN {asked} ON asked.kind = 'container' AND container = asked.id WHERE port = $1");
        let mut journeys: BTreeMap<String, JourneyRow> =
            ask(sql, lists()).await?.iter().map(journey).map(|row| (row.container.clone(), row)).collect();
        let next = if named.len() < limit as usize { None } else { named.last().and_then(|o| cursor::encode("kept", &(&o.kind, &o.id))) };
        let items = named
            .into_iter()
            .map(|object| {
                let mut links = links.remove(&object).unwrap_or_default();
                links.sort();
                let journey = if object.kind == "container" { journeys.remove(&object.id) } else { None };
                KeptObject {
                    size: size as u64,
                    state: states.remove(&object),
                    tail: None,
                    work: Ok(work.remove(&object)),
                    links,
                    journey: Ok(journey),
                    object,
                }
            })
            .collect();
        Ok(Page { items, next })
    }

    pub(super) async fn read_index_faults(&self, limit: u32) -> Answer<Vec<IndexFault>> {
        let mut found = Vec::new();
        for Question(table, what, sql) in QUESTIONS {
            let left = i64::from(limit) - found.len() as i64;
            let rows = self.query(&format!("{sql} LIMIT $2"), &[&self.port, &left]).await?;
            found.extend(rows.iter().map(|row| IndexFault { table, row: row.get(0), what }));
        }
        self.work_index_faults(&mut found).await?;
        found.truncate(limit as usize);
        Ok(found)
    }

    /// Rows whose parties or keys are not those of the indexes. Each page is one statement, so of one instant.
    async fn work_index_faults(&self, found: &mut Vec<IndexFault>) -> Answer<()> {
        let sql = format!(
            "SELECT {COLUMNS}, ARRAY(SELECT p.who::text FROM work_party p WHERE p.port = w.port AND p.kind = w.kind AND p.id = w.id AND p.open = w.open \
             AND p.opened_at = w.opened_at), ARRAY(SELECT k.key::text FROM work_key k WHERE k.port = w.port AND k.kind = w.kind AND k.id = w.id), \
             (SELECT count(*) FROM work_party p WHERE p.port = w.port AND p.kind = w.kind AND p.id = w.id) \
             FROM work w WHERE w.port = $1 AND (w.kind, w.id) > ($2, $3) ORDER BY w.kind, w.id LIMIT $4"
        );
        let (mut kind, mut id) = (String::new(), String::new());
        loop {
            let rows = self.query(&sql, &[&self.port, &kind, &id, &ROWS_AT_ONCE]).await?;
            let Some(last) = rows.last().map(item) else { return Ok(()) };
            (kind, id) = (last.object.kind.to_string(), last.object.id);
            for row in &rows {
                let item = item(row);
                let (parties, keys): (Vec<String>, Vec<String>) = (row.get(12), row.get(13));
                let set = |texts: &[String]| texts.iter().cloned().collect::<BTreeSet<String>>();
                let seen: BTreeSet<String> = seers(&item.row).into_iter().map(str::to_owned).collect();
                if set(&parties) != seen || row.get::<_, i64>(14) != seen.len() as i64 {
                    let what = "the parties of a row are not those of its index";
                    found.push(IndexFault { table: "work_party", row: item.object.to_string(), what });
                }
                if set(&keys) != set(&item.row.keys) {
                    found.push(IndexFault {
                        table: "work_key",
                        row: item.object.to_string(),
                        what: "the keys of a row are not those of its index",
                    });
                }
            }
        }
    }

    pub(super) async fn read_bytes_after(&self, cursor: Option<&str>, limit: u32) -> Answer<Page<KeptBytes>> {
        let after = cursor::decode::<String>("bytes", cursor)?.unwrap_or_default();
        let sql = "SELECT sha256, encode(sha256(bytes), 'hex') FROM blob WHERE port = $1 AND sha256 > $2 ORDER BY sha256 LIMIT $3";
        let rows = self.query(sql, &[&self.port, &after, &i64::from(limit)]).await?;
        let items: Vec<KeptBytes> = rows.iter().map(|row| KeptBytes { kept_under: row.get(0), sha256: row.get(1) }).collect();
        let next =
            if items.len() < limit as usize { None } else { items.last().and_then(|last| cursor::encode("bytes", &last.kept_under)) };
        Ok(Page { items, next })
    }
}
