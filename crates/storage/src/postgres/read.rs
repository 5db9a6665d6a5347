//! Everything that is read except the worklist.

use std::collections::BTreeMap;

use ledger::{Event, Head, ObjectRef, StoredEvent, Timestamp};
use store::{
    AuditQuery, AuditRow, JourneyCountQuery, JourneyQuery, JourneyRow, ObjectRecord, OutboxItem, OutboxQuery, OutboxRow, Page, Record,
    StoreError, StoredLink,
};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::PostgresStore;
use crate::error::{Unreadable, postgres};
use crate::{cursor, limits};

type Answer<T> = Result<T, StoreError>;
type Value = Box<dyn ToSql + Sync + Send>;

/// A condition with its numbered values.
pub(super) struct Filter {
    sql: String,
    values: Vec<Value>,
}

impl Filter {
    /// A condition that starts with a value.
    pub fn new(condition: &str, value: impl ToSql + Sync + Send + 'static) -> Self {
        Self { sql: format!("{condition}$1"), values: vec![Box::new(value)] }
    }

    /// A further condition, if there is a value for it.
    pub fn add(&mut self, condition: &str, value: Option<impl ToSql + Sync + Send + 'static>) {
        if let Some(value) = value {
            self.and(condition, value);
        }
    }

    /// A further condition.
    pub fn and(&mut self, condition: &str, value: impl ToSql + Sync + Send + 'static) {
        self.values.push(Box::new(value));
        self.sql.push_str(&format!(" AND {condition}${}", self.values.len()));
    }

    /// An alternative to the condition in the parenthesis that was opened last.
    pub fn or(&mut self, condition: &str, value: impl ToSql + Sync + Send + 'static) {
        self.values.push(Box::new(value));
        self.sql.push_str(&format!(" OR {condition}${}", self.values.len()));
    }

    /// Closes a parenthesis that a condition opened.
    pub fn close(&mut self) {
        self.sql.push(')');
    }

    /// A condition on a key of three parts.
    pub fn after(&mut self, condition: &str, value: i64, kind: String, id: String) {
        let n = self.values.len();
        self.sql.push_str(&format!(" AND {condition} (${}, ${}, ${})", n + 1, n + 2, n + 3));
        self.values.extend([Box::new(value) as Value, Box::new(kind), Box::new(id)]);
    }

    /// A value outside of the condition: its mark.
    pub fn value(&mut self, value: impl ToSql + Sync + Send + 'static) -> String {
        self.values.push(Box::new(value));
        format!("${}", self.values.len())
    }

    /// The text.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    fn object(&mut self, object: Option<&ObjectRef>) {
        self.add("object_kind = ", object.map(|o| o.kind.to_string()));
        self.add("object_id = ", object.map(|o| o.id.clone()));
    }
}

/// Cuts the row that was read too many, and gives the cursor of the last one left.
pub(super) fn next_page<T>(found: &mut Vec<T>, limit: u32, cursor: impl FnOnce(&T) -> Option<String>) -> Option<String> {
    if found.len() <= limit as usize {
        return None;
    }
    found.truncate(limit as usize);
    found.last().and_then(cursor)
}

/// A position as the database holds it; beyond the largest there is nothing.
pub(super) fn big(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn hash(row: &Row, column: usize) -> [u8; 32] {
    // A hash of another length is damage: told as one that fits nothing.
    row.get::<_, &[u8]>(column).try_into().unwrap_or([0; 32])
}

pub(super) fn stored_event(row: &Row) -> Answer<StoredEvent> {
    let event = Event::decode(row.get(1)).map_err(|fault| StoreError::Failed(Box::new(fault)))?;
    Ok(StoredEvent { position: row.get::<_, i64>(0) as u64, event })
}

pub(super) fn stored_link(row: &Row) -> StoredLink {
    let object = |at: usize| ObjectRef { kind: row.get::<_, String>(at).into(), id: row.get(at + 1) };
    StoredLink { from: object(0), to: object(2), role: row.get(4) }
}

fn optional_object(kind: Option<String>, id: Option<String>) -> Option<ObjectRef> {
    Some(ObjectRef { kind: kind?.into(), id: id? })
}

/// Names of the states of an outbox row, by number.
const OUTBOX_STATES: [&str; 3] = ["pending", "delivered", "dead"];
pub(super) const LINK: &str = "SELECT source_kind, source_id, target_kind, target_id, role FROM object_link";
pub(super) const JOURNEY: &str = "SELECT container, terminal, m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13 FROM journey";

pub(super) fn journey(row: &Row) -> JourneyRow {
    let mut at = [None; 14];
    for (i, instant) in at.iter_mut().enumerate() {
        *instant = row.get::<_, Option<i64>>(i + 2).map(Timestamp::from_millis);
    }
    JourneyRow { container: row.get(0), terminal: row.get(1), at }
}

fn record(row: &Row) -> Record {
    Record {
        space: row.get(0),
        id: row.get(1),
        version: row.get::<_, i64>(2) as u64,
        body: row.get(3),
        expires_at: row.get::<_, Option<i64>>(4).map(Timestamp::from_millis),
    }
}

impl PostgresStore {
    /// Rows of a statement, each mapped.
    pub(super) async fn rows<T>(&self, sql: &str, filter: Filter, map: impl Fn(&Row) -> Answer<T>) -> Answer<Vec<T>> {
        let params: Vec<&(dyn ToSql + Sync)> = filter.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect();
        self.query(sql, &params).await?.iter().map(map).collect()
    }

    /// Rows of a statement with given parameters.
    pub(super) async fn query(&self, sql: &str, params: &[&(dyn ToSql + Sync)]) -> Answer<Vec<Row>> {
        let client = self.pool.get().await.map_err(|fault| StoreError::Unavailable(format!("no connection to the database: {fault}")))?;
        let statement = client.prepare_cached(sql).await.map_err(postgres)?;
        client.query(&statement, params).await.map_err(postgres)
    }

    pub(super) async fn read_leaves(&self, from: u64, limit: u32) -> Answer<Vec<(u64, Vec<u8>, [u8; 32])>> {
        let sql = "SELECT position, body, leaf FROM event WHERE port = $1 AND position >= $2 ORDER BY position LIMIT $3";
        let rows = self.query(sql, &[&self.port, &big(from), &i64::from(limit)]).await?;
        Ok(rows.iter().map(|row| (row.get::<_, i64>(0) as u64, row.get(1), hash(row, 2))).collect())
    }

    pub(super) async fn read_heads(&self, from: u64, limit: u32, newest_first: &str) -> Answer<Vec<Head>> {
        let sql = format!(
            "SELECT size, root, at, algorithm, key_id, signature FROM head WHERE port = $1 AND size >= $2 ORDER BY size {newest_first} LIMIT $3"
        );
        let rows = self.query(&sql, &[&self.port, &big(from), &i64::from(limit)]).await?;
        Ok(rows
            .iter()
            .map(|row| Head {
                size: row.get::<_, i64>(0) as u64,
                root: row.get(1),
                at: Timestamp::from_millis(row.get(2)),
                algorithm: row.get(3),
                key_id: row.get(4),
                signature: row.get(5),
            })
            .collect())
    }

    pub(super) async fn read_tiles(&self, from: u64, limit: u32) -> Answer<Vec<(u64, [u8; 32])>> {
        let sql = "SELECT no, root FROM tile WHERE port = $1 AND no >= $2 ORDER BY no LIMIT $3";
        let rows = self.query(sql, &[&self.port, &big(from), &i64::from(limit)]).await?;
        Ok(rows.iter().map(|row| (row.get::<_, i64>(0) as u64, hash(row, 1))).collect())
    }

    pub(super) async fn read_objects(&self, objects: &[ObjectRef]) -> Answer<Vec<ObjectRecord>> {
        let (kinds, ids): (Vec<&str>, Vec<&str>) = objects.iter().map(|o| (o.kind.as_ref(), o.id.as_str())).unzip();
        let sql = "SELECT o.kind, o.id, o.version, o.state FROM unnest($2::text[], $3::text[]) AS asked (kind, id) \
                   JOIN object o ON o.port = $1 AND o.kind = asked.kind AND o.id = asked.id";
        Ok(self.query(sql, &[&self.port, &kinds, &ids]).await?.iter().map(object).collect())
    }

    pub(super) async fn read_objects_after(&self, after: Option<&ObjectRef>, limit: u32) -> Answer<Vec<ObjectRecord>> {
        let (kind, id) = after.map_or(("", ""), |object| (object.kind.as_ref(), object.id.as_str()));
        let sql = "SELECT kind, id, version, state FROM object WHERE port = $1 AND (kind, id) > ($2, $3) ORDER BY kind, id LIMIT $4";
        Ok(self.query(sql, &[&self.port, &kind, &id, &i64::from(limit)]).await?.iter().map(object).collect())
    }

    pub(super) async fn read_links_after(&self, cursor: Option<&str>, limit: u32) -> Answer<Page<StoredLink>> {
        let after = cursor::decode::<[String; 5]>("links", cursor)?.unwrap_or_default();
        let sql = format!(
            "{LINK} WHERE port = $1 AND (source_kind, source_id, target_kind, target_id, role) > ($2, $3, $4, $5, $6) \
             ORDER BY source_kind, source_id, target_kind, target_id, role LIMIT $7"
        );
        let [a, b, c, d, e] = &after;
        let rows = self.query(&sql, &[&self.port, a, b, c, d, e, &i64::from(limit + 1)]).await?;
        let mut items: Vec<StoredLink> = rows.iter().map(stored_link).collect();
        let next = next_page(&mut items, limit, |last| {
            cursor::encode("links", &(&last.from.kind, &last.from.id, &last.to.kind, &last.to.id, &last.role))
        });
        Ok(Page { items, next })
    }

    pub(super) async fn read_links(&self, object: &ObjectRef, limit: u32) -> Answer<Vec<StoredLink>> {
        let sql = format!(
            "{LINK} WHERE port = $1 AND source_kind = $2 AND source_id = $3 UNION {LINK} WHERE port = $1 AND target_kind = $2 AND target_id = $3 ORDER BY 1, 2, 3, 4, 5 LIMIT $4"
        );
        Ok(self.query(&sql, &[&self.port, &object.kind.as_ref(), &object.id, &i64::from(limit)]).await?.iter().map(stored_link).collect())
    }

    pub(super) async fn read_events_of(&self, object: &ObjectRef, after: Option<u64>, limit: u32) -> Answer<Vec<StoredEvent>> {
        let sql = "SELECT e.position, e.body FROM event_object o JOIN event e ON e.port = o.port AND e.position = o.position \
                   WHERE o.port = $1 AND o.kind = $2 AND o.object_id = $3 AND o.position > $4 ORDER BY o.position LIMIT $5";
        let after = after.map_or(-1, big);
        self.query(sql, &[&self.port, &object.kind.as_ref(), &object.id, &after, &i64::from(limit)])
            .await?
            .iter()
            .map(stored_event)
            .collect()
    }

    pub(super) async fn read_events_after(&self, after: Option<u64>, limit: u32) -> Answer<Vec<StoredEvent>> {
        let sql = "SELECT position, body FROM event WHERE port = $1 AND position > $2 ORDER BY position LIMIT $3";
        self.query(sql, &[&self.port, &after.map_or(-1, big), &i64::from(limit)]).await?.iter().map(stored_event).collect()
    }

    pub(super) async fn read_event(&self, id: &str) -> Answer<Option<StoredEvent>> {
        self.query("SELECT position, body FROM event WHERE port = $1 AND id = $2 LIMIT 1", &[&self.port, &id])
            .await?
            .first()
            .map(stored_event)
            .transpose()
    }

    pub(super) async fn read_journeys(&self, query: &JourneyQuery) -> Answer<Vec<JourneyRow>> {
        let column = query.by.index();
        let mut filter = Filter::new("port = ", self.port.clone());
        // What follows a row begins at its instant: the index is entered there.
        let to = query.after.as_ref().map_or(query.to, |(at, _)| query.to.min(at.plus_millis(1)));
        filter.and(&format!("m{column} >= "), query.from.millis());
        filter.and(&format!("m{column} < "), to.millis());
        filter.add("terminal = ", query.terminal.clone());
        if let Some((at, container)) = &query.after {
            filter.and(&format!("(m{column} < "), at.millis());
            filter.or("container > ", container.clone());
            filter.close();
        }
        // As a parameter: each statement text is kept ready on its connection.
        let limit = filter.value(i64::from(query.limit.clamp(1, limits::JOURNEY_ROWS_MAX)));
        let sql = format!("{JOURNEY} WHERE {} ORDER BY m{column} DESC, container LIMIT {limit}", filter.sql());
        self.rows(&sql, filter, |row| Ok(journey(row))).await
    }

    pub(super) async fn read_journey_count(&self, query: &JourneyCountQuery) -> Answer<u64> {
        let filter = self.counted(query);
        let rows =
            self.rows(&format!("SELECT COUNT(*) FROM journey WHERE {}", filter.sql()), filter, |row| Ok(row.get::<_, i64>(0))).await?;
        Ok(rows.first().map_or(0, |count| count.unsigned_abs()))
    }

    pub(super) async fn read_journeys_by_terminal(&self, query: &JourneyCountQuery) -> Answer<BTreeMap<String, u64>> {
        let filter = self.counted(query);
        let sql = format!("SELECT terminal, COUNT(*) FROM journey WHERE {} AND terminal IS NOT NULL GROUP BY terminal", filter.sql());
        let count = |row: &Row| Ok((row.get::<_, String>(0), row.get::<_, i64>(1).unsigned_abs()));
        Ok(self.rows(&sql, filter, count).await?.into_iter().collect())
    }

    fn counted(&self, query: &JourneyCountQuery) -> Filter {
        let column = query.by.index();
        let mut filter = Filter::new("port = ", self.port.clone());
        filter.and(&format!("m{column} >= "), query.from.millis());
        filter.and(&format!("m{column} < "), query.to.millis());
        if let Some(also) = query.reached {
            filter.sql.push_str(&format!(" AND m{} IS NOT NULL", also.index()));
        }
        filter
    }

    pub(super) async fn read_tallies(&self, query: &store::TallyQuery) -> Answer<Vec<store::TallyRow>> {
        let most = limits::TALLY_ROWS_MAX as i64 + 1;
        let sql = "SELECT day, key, n FROM tally WHERE port = $1 AND series = $2 AND day >= $3 AND day < $4 AND n <> 0 ORDER BY day, key LIMIT $5";
        let rows = self.query(sql, &[&self.port, &query.series, &query.from_day, &query.to_day, &most]).await?;
        limits::tallies(rows.iter().map(|row| store::TallyRow { day: row.get(0), key: row.get(1), count: row.get(2) }).collect())
    }

    pub(super) async fn read_journey(&self, container: &str) -> Answer<Option<JourneyRow>> {
        Ok(self.query(&format!("{JOURNEY} WHERE port = $1 AND container = $2"), &[&self.port, &container]).await?.first().map(journey))
    }

    pub(super) async fn read_outbox(&self, query: &OutboxQuery) -> Answer<Page<OutboxItem>> {
        let limit = limits::page(query.limit);
        let mut filter = Filter::new("port = ", self.port.clone());
        if let Some(state) = &query.state {
            let Some(number) = OUTBOX_STATES.iter().position(|name| name == state) else {
                return Ok(Page { items: Vec::new(), next: None });
            };
            filter.and("state = ", number as i16);
        }
        filter.add("channel = ", query.channel.clone());
        filter.add("receiver = ", query.receiver.clone());
        filter.add("due_at <= ", query.due_by.map(Timestamp::millis));
        filter.object(query.object.as_ref());
        if let Some((due, id)) = cursor::decode::<(i64, String)>("outbox", query.cursor.as_deref())? {
            let n = filter.values.len();
            filter.sql.push_str(&format!(" AND (due_at, id) > (${}, ${})", n + 1, n + 2));
            filter.values.extend([Box::new(due) as Value, Box::new(id)]);
        }
        let rows = filter.value(i64::from(limit + 1));
        let sql = format!(
            "SELECT id, channel, receiver, kind, object_kind, object_id, body, due_at, state, attempts, fault, delivered_at FROM outbox WHERE {} ORDER BY due_at, id LIMIT {rows}",
            filter.sql()
        );
        let mut items = self.rows(&sql, filter, outbox_item).await?;
        let next = next_page(&mut items, limit, |last| cursor::encode("outbox", &(last.row.due_at.millis(), &last.row.id)));
        Ok(Page { items, next })
    }

    pub(super) async fn read_blob(&self, sha256: &str) -> Answer<Option<(String, Vec<u8>)>> {
        let rows = self.query("SELECT media_type, bytes FROM blob WHERE port = $1 AND sha256 = $2", &[&self.port, &sha256]).await?;
        Ok(rows.first().map(|row| (row.get(0), row.get(1))))
    }

    pub(super) async fn read_record(&self, space: &str, id: &str) -> Answer<Option<Record>> {
        let sql = "SELECT space, id, version, body, expires_at FROM record WHERE port = $1 AND space = $2 AND id = $3";
        Ok(self.query(sql, &[&self.port, &space, &id]).await?.first().map(record))
    }

    pub(super) async fn read_records(&self, space: &str, after: Option<&str>, limit: u32) -> Answer<Vec<Record>> {
        let sql = "SELECT space, id, version, body, expires_at FROM record WHERE port = $1 AND space = $2 AND ($3::text IS NULL OR id > $3) ORDER BY id LIMIT $4";
        Ok(self.query(sql, &[&self.port, &space, &after, &i64::from(limit)]).await?.iter().map(record).collect())
    }

    pub(super) async fn read_answer(&self, scope: &str, key: &str) -> Answer<Option<store::IdempotencyRow>> {
        let sql = "SELECT scope, key, request_hash, answer, at FROM idempotency WHERE port = $1 AND scope = $2 AND key = $3";
        Ok(self.query(sql, &[&self.port, &scope, &key]).await?.first().map(super::group::answer))
    }

    pub(super) async fn read_audit(&self, query: &AuditQuery) -> Answer<Page<(u64, AuditRow)>> {
        let limit = limits::page(query.limit);
        let mut filter = Filter::new("port = ", self.port.clone());
        filter.add("who = ", query.who.clone());
        filter.add("organisation = ", query.organisation.clone());
        filter.add("action = ", query.action.clone());
        filter.object(query.object.as_ref());
        filter.add("at >= ", query.from.map(Timestamp::millis));
        filter.add("at < ", query.to.map(Timestamp::millis));
        filter.add("no < ", cursor::decode::<i64>("audit", query.cursor.as_deref())?);
        let rows = filter.value(i64::from(limit + 1));
        let sql = format!(
            "SELECT no, at, who, organisation, action, object_kind, object_id, outcome, request, detail FROM audit WHERE {} ORDER BY no DESC LIMIT {rows}",
            filter.sql()
        );
        let mut items = self
            .rows(&sql, filter, |row| {
                let access = AuditRow {
                    at: Timestamp::from_millis(row.get(1)),
                    who: row.get(2),
                    organisation: row.get(3),
                    action: row.get(4),
                    object: optional_object(row.get(5), row.get(6)),
                    outcome: row.get(7),
                    request: row.get(8),
                    detail: row.get(9),
                };
                Ok((row.get::<_, i64>(0) as u64, access))
            })
            .await?;
        let next = next_page(&mut items, limit, |(no, _)| cursor::encode("audit", no));
        Ok(Page { items, next })
    }
}

pub(super) fn object(row: &Row) -> ObjectRecord {
    ObjectRecord {
        object: ObjectRef { kind: row.get::<_, String>(0).into(), id: row.get(1) },
        version: row.get::<_, i64>(2) as u64,
        state: row.get(3),
    }
}

fn outbox_item(row: &Row) -> Answer<OutboxItem> {
    Ok(OutboxItem {
        row: OutboxRow {
            id: row.get(0),
            channel: row.get(1),
            receiver: row.get(2),
            kind: row.get(3),
            object: optional_object(row.get(4), row.get(5)),
            body: row.get(6),
            due_at: Timestamp::from_millis(row.get(7)),
        },
        state: OUTBOX_STATES.get(row.get::<_, i16>(8) as usize).ok_or(Unreadable("outbox row"))?.to_string(),
        attempts: u32::try_from(row.get::<_, i64>(9)).unwrap_or(u32::MAX),
        fault: row.get(10),
        delivered_at: row.get::<_, Option<i64>>(11).map(Timestamp::from_millis),
    })
}
