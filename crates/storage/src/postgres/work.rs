//! The worklist in PostgreSQL: written as arrays, read by one statement per question.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{ObjectRef, Timestamp, WorkRow};
use store::{Page, StoreError, Visibility, WorkItem, WorkOrder, WorkQuery, WorkTally};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row};

use super::group::Write;
use super::read::Filter;
use super::{PostgresStore, read};
use crate::{cursor, limits};

/// Fewest characters of a key.
const KEY_CHARS_MIN: usize = 3;

pub(super) const COLUMNS: &str =
    "w.kind, w.id, w.title, w.status, w.owner, w.action, w.authority, w.parties, w.keys, w.opened_at, w.due_at, w.closed_at";

/// A row from [`COLUMNS`]. A list that is not JSON is damage: the row is shown without it.
pub(super) fn item(row: &Row) -> WorkItem {
    let list = |column: usize| serde_json::from_str(row.get::<_, &str>(column)).unwrap_or_default();
    let instant = |column: usize| row.get::<_, Option<i64>>(column).map(Timestamp::from_millis);
    WorkItem {
        object: ObjectRef { kind: row.get::<_, String>(0).into(), id: row.get(1) },
        row: WorkRow {
            title: row.get(2),
            status: row.get(3),
            owner: row.get(4),
            action: row.get(5),
            authority: row.get(6),
            parties: list(7),
            keys: list(8),
            opened_at: Timestamp::from_millis(row.get(9)),
            due_at: instant(10),
            closed_at: instant(11),
        },
    }
}

fn json_list(list: &[String]) -> String {
    // A list of texts is always JSON.
    serde_json::to_string(list).unwrap_or_else(|_| "[]".to_owned())
}

/// Those of the rows that differ from what is stored.
pub(super) async fn changed<'j>(
    client: &Client,
    port: &str,
    rows: &BTreeMap<&'j ObjectRef, &'j WorkRow>,
) -> Result<Vec<(&'j ObjectRef, &'j WorkRow)>, Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let (kinds, ids): (Vec<&str>, Vec<&str>) = rows.keys().map(|o| (o.kind.as_ref(), o.id.as_str())).unzip();
    let sql = format!(
        "SELECT {COLUMNS} FROM unnest($2::text[], $3::text[]) AS asked (kind, id) JOIN work w ON w.port = $1 AND w.kind = asked.kind AND w.id = asked.id"
    );
    let statement = client.prepare(&sql).await?;
    let former: BTreeMap<ObjectRef, WorkRow> =
        client.query(&statement, &[&port, &kinds, &ids]).await?.iter().map(item).map(|item| (item.object, item.row)).collect();
    Ok(rows.iter().filter(|(object, row)| former.get(object) != Some(row)).map(|(object, row)| (*object, *row)).collect())
}

/// Who sees a row: its parties and its owner.
pub(super) fn seers(row: &WorkRow) -> BTreeSet<&str> {
    row.parties.iter().chain(&row.owner).map(String::as_str).collect()
}

/// Replaces rows with their parties and keys.
pub(super) fn writes<'j>(port: &'j str, rows: &[(&'j ObjectRef, &'j WorkRow)]) -> Vec<Write<'j>> {
    if rows.is_empty() {
        return Vec::new();
    }
    let kinds: Vec<&str> = rows.iter().map(|(object, _)| object.kind.as_ref()).collect();
    let ids: Vec<&str> = rows.iter().map(|(object, _)| object.id.as_str()).collect();
    let gone = |sql| Write::of_texts(sql, port, vec![kinds.clone(), ids.clone()]);
    let each = |of: fn(&WorkRow) -> i64| rows.iter().map(|(_, row)| of(row)).collect::<Vec<_>>();
    let text = |of: fn(&WorkRow) -> Option<&str>| rows.iter().map(|(_, row)| of(row).map(str::to_owned)).collect::<Vec<_>>();
    let optional = |of: fn(&WorkRow) -> Option<Timestamp>| rows.iter().map(|(_, row)| of(row).map(Timestamp::millis)).collect::<Vec<_>>();
    let params: Vec<Box<dyn ToSql + Sync + Send + 'j>> = vec![
        Box::new(port),
        Box::new(kinds.clone()),
        Box::new(ids.clone()),
        Box::new(rows.iter().map(|(_, row)| row.closed_at.is_none()).collect::<Vec<_>>()),
        Box::new(text(|row| Some(&row.status))),
        Box::new(text(|row| row.owner.as_deref())),
        Box::new(text(|row| row.action.as_deref())),
        Box::new(text(|row| row.authority.as_deref())),
        Box::new(text(|row| Some(&row.title))),
        Box::new(each(|row| row.opened_at.millis())),
        Box::new(optional(|row| row.due_at)),
        Box::new(each(|row| row.due_at.map_or(i64::MAX, Timestamp::millis))),
        Box::new(optional(|row| row.closed_at)),
        Box::new(rows.iter().map(|(_, row)| json_list(&row.parties)).collect::<Vec<_>>()),
        Box::new(rows.iter().map(|(_, row)| json_list(&row.keys)).collect::<Vec<_>>()),
    ];
    let parties: Vec<(&str, &ObjectRef, &WorkRow)> =
        rows.iter().flat_map(|(object, row)| seers(row).into_iter().map(move |who| (who, *object, *row))).collect();
    let keys: Vec<(&str, &ObjectRef)> = rows
        .iter()
        .flat_map(|(object, row)| row.keys.iter().map(String::as_str).collect::<BTreeSet<_>>().into_iter().map(move |key| (key, *object)))
        .collect();
    let party_params: Vec<Box<dyn ToSql + Sync + Send + 'j>> = vec![
        Box::new(port),
        Box::new(parties.iter().map(|(who, _, _)| *who).collect::<Vec<_>>()),
        Box::new(parties.iter().map(|(_, _, row)| row.closed_at.is_none()).collect::<Vec<_>>()),
        Box::new(parties.iter().map(|(_, _, row)| row.opened_at.millis()).collect::<Vec<_>>()),
        Box::new(parties.iter().map(|(_, object, _)| object.kind.as_ref()).collect::<Vec<&str>>()),
        Box::new(parties.iter().map(|(_, object, _)| object.id.as_str()).collect::<Vec<_>>()),
    ];
    let key_lists = vec![
        keys.iter().map(|(key, _)| *key).collect(),
        keys.iter().map(|(_, o)| o.kind.as_ref()).collect(),
        keys.iter().map(|(_, o)| o.id.as_str()).collect(),
    ];
    vec![
        Write { sql: UPSERT, params },
        gone(
            "DELETE FROM work_party p USING unnest($2::text[], $3::text[]) AS gone (kind, id) WHERE p.port = $1 AND p.kind = gone.kind AND p.id = gone.id",
        ),
        gone(
            "DELETE FROM work_key k USING unnest($2::text[], $3::text[]) AS gone (kind, id) WHERE k.port = $1 AND k.kind = gone.kind AND k.id = gone.id",
        ),
        Write {
            sql: "INSERT INTO work_party (port, who, open, opened_at, kind, id) \
                  SELECT $1, * FROM unnest($2::text[], $3::boolean[], $4::bigint[], $5::text[], $6::text[])",
            params: party_params,
        },
        Write::of_texts(
            "INSERT INTO work_key (port, key, kind, id) SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[])",
            port,
            key_lists,
        ),
    ]
}

const UPSERT: &str = "INSERT INTO work (port, kind, id, open, status, owner, action, authority, title, opened_at, due_at, due_sort, closed_at, parties, keys) \
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::boolean[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[], \
     $11::bigint[], $12::bigint[], $13::bigint[], $14::text[], $15::text[]) \
     ON CONFLICT (port, kind, id) DO UPDATE SET open = excluded.open, status = excluded.status, owner = excluded.owner, action = excluded.action, \
     authority = excluded.authority, title = excluded.title, opened_at = excluded.opened_at, due_at = excluded.due_at, due_sort = excluded.due_sort, \
     closed_at = excluded.closed_at, parties = excluded.parties, keys = excluded.keys";

/// The condition of a question, over `w`.
fn filter(query: &WorkQuery) -> Result<Filter, StoreError> {
    let mut filter = Filter::new("w.port = ", query.port.clone());
    match &query.visibility {
        Visibility::Port => {}
        Visibility::Organisation(id) => {
            // Beside the row's own port, kind and id, the ones that order it: the planner may then read parties in order.
            filter.add(
                "EXISTS (SELECT 1 FROM work_party p WHERE p.port = w.port AND p.open = w.open AND p.opened_at = w.opened_at AND p.kind = w.kind AND p.id = w.id AND p.who = ",
                Some(id.clone()),
            );
            filter.close();
        }
        Visibility::Authorities(ids) => {
            filter.add("w.authority = ANY(", Some(ids.clone()));
            filter.close();
        }
        Visibility::Office { kinds, authority } => {
            filter.add("(w.kind = ANY(", Some(kinds.clone()));
            filter.close();
            filter.or("w.authority = ", authority.clone());
            filter.close();
        }
    }
    let list = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
    for (condition, values) in
        [("w.kind = ANY(", list(&query.kinds)), ("w.status = ANY(", list(&query.statuses)), ("w.action = ANY(", list(&query.actions))]
    {
        if values.is_some() {
            filter.add(condition, values);
            filter.close();
        }
    }
    filter.add("w.owner = ", query.owner.clone());
    filter.add("w.open = ", query.open);
    filter.add("w.opened_at >= ", query.opened_from.map(Timestamp::millis));
    filter.add("w.opened_at < ", query.opened_to.map(Timestamp::millis));
    filter.add("w.due_at IS NOT NULL AND w.due_sort < ", query.due_before.map(Timestamp::millis));
    if let Some(prefix) = &query.key_prefix {
        if prefix.chars().count() < KEY_CHARS_MIN {
            return Err(StoreError::Limit(format!("a key is searched from {KEY_CHARS_MIN} characters on")));
        }
        filter.add(
            "EXISTS (SELECT 1 FROM work_key k WHERE k.port = w.port AND k.kind = w.kind AND k.id = w.id AND k.key >= ",
            Some(prefix.clone()),
        );
        filter.and("k.key < ", format!("{prefix}\u{10ffff}"));
        filter.close();
    }
    for key in &query.keys {
        filter.add(
            "EXISTS (SELECT 1 FROM work_key k WHERE k.port = w.port AND k.kind = w.kind AND k.id = w.id AND k.key = ",
            Some(key.clone()),
        );
        filter.close();
    }
    Ok(filter)
}

impl PostgresStore {
    pub(super) async fn work_page(&self, query: &WorkQuery) -> Result<Page<WorkItem>, StoreError> {
        let limit = limits::page(query.limit);
        let (list, column, before, order) = match query.order {
            WorkOrder::Newest => ("work-newest", "w.opened_at", "<", "DESC"),
            WorkOrder::Due => ("work-due", "w.due_sort", ">", "ASC"),
        };
        let mut filter = filter(query)?;
        if let Some((value, kind, id)) = cursor::decode::<(i64, String, String)>(list, query.cursor.as_deref())? {
            filter.after(&format!("({column}, w.kind, w.id) {before} "), value, kind, id);
        }
        // As a parameter: each statement text is kept ready on its connection.
        let wanted = filter.value(i64::from(limit + 1));
        let sql = format!(
            "SELECT {COLUMNS}, {column} FROM work w WHERE {} ORDER BY {column} {order}, w.kind {order}, w.id {order} LIMIT {wanted}",
            filter.sql()
        );
        let mut rows: Vec<(i64, WorkItem)> = self.rows(&sql, filter, |row| Ok((row.get(12), item(row)))).await?;
        let next = read::next_page(&mut rows, limit, |(value, item)| cursor::encode(list, &(value, &item.object.kind, &item.object.id)));
        Ok(Page { items: rows.into_iter().map(|(_, item)| item).collect(), next })
    }

    pub(super) async fn work_item(&self, object: &ObjectRef) -> Result<Option<WorkItem>, StoreError> {
        let mut filter = Filter::new("w.port = ", self.port.clone());
        filter.add("w.kind = ", Some(object.kind.to_string()));
        filter.add("w.id = ", Some(object.id.clone()));
        let sql = format!("SELECT {COLUMNS} FROM work w WHERE {}", filter.sql());
        Ok(self.rows(&sql, filter, |row| Ok(item(row))).await?.pop())
    }

    pub(super) async fn work_counts(&self, query: &WorkQuery, now: Timestamp) -> Result<Vec<WorkTally>, StoreError> {
        let mut filter = filter(query)?;
        filter.add("w.open = ", Some(true));
        let now = filter.value(now.millis());
        let sql = format!(
            "SELECT w.kind, w.status, w.action, count(*), count(*) FILTER (WHERE w.due_at < {now}) FROM work w WHERE {} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 NULLS FIRST",
            filter.sql()
        );
        self.rows(&sql, filter, |row| {
            Ok(WorkTally {
                kind: row.get(0),
                status: row.get(1),
                action: row.get(2),
                count: row.get::<_, i64>(3) as u64,
                overdue: row.get::<_, i64>(4) as u64,
            })
        })
        .await
    }
}
