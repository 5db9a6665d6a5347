//! Everything about some objects in one read transaction.

use std::collections::HashSet;
use std::sync::Arc;

use ledger::ObjectRef;
use store::{Dossier, DossierQuery, FiledObject, ObjectRecord, StoreError};
use tokio_postgres::IsolationLevel;

use super::PostgresStore;
use super::read::stored_event;
use super::work::{COLUMNS, item};
use crate::error::postgres;

const EVENTS: &str = "SELECT e.position, e.body FROM (SELECT DISTINCT mine.position FROM unnest($2::text[], $3::text[]) AS asked (kind, id) \
     CROSS JOIN LATERAL (SELECT o.position FROM event_object o WHERE o.port = $1 AND o.kind = asked.kind AND o.object_id = asked.id ORDER BY o.position LIMIT $4) mine) wanted \
     JOIN event e ON e.port = $1 AND e.position = wanted.position ORDER BY e.position";

impl PostgresStore {
    pub(super) async fn read_dossier(&self, query: &DossierQuery) -> Result<Dossier, StoreError> {
        let mut client =
            self.pool.get().await.map_err(|fault| StoreError::Unavailable(format!("no connection to the database: {fault}")))?;
        let snapshot =
            client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start().await.map_err(postgres)?;
        let asked: HashSet<&ObjectRef> = query.objects.iter().collect();
        let (kinds, ids): (Vec<&str>, Vec<&str>) = asked.iter().map(|o| (o.kind.as_ref(), o.id.as_str())).unzip();
        let filed = format!(
            "SELECT {COLUMNS}, o.kind, o.id, o.version, o.state FROM unnest($2::text[], $3::text[]) AS asked (kind, id) \
             JOIN object o ON o.port = $1 AND o.kind = asked.kind AND o.id = asked.id \
             LEFT JOIN work w ON w.port = $1 AND w.kind = asked.kind AND w.id = asked.id"
        );
        let filed = snapshot.prepare_cached(&filed).await.map_err(postgres)?;
        let mut dossier = Dossier::default();
        for row in snapshot.query(&filed, &[&self.port, &kinds, &ids]).await.map_err(postgres)? {
            let object = ObjectRef { kind: row.get::<_, String>(12).into(), id: row.get(13) };
            let shown = row.get::<_, Option<&str>>(0).is_some();
            dossier.objects.push(FiledObject {
                record: ObjectRecord { object, version: row.get::<_, i64>(14) as u64, state: row.get(15) },
                row: shown.then(|| item(&row).row),
            });
        }
        let events = snapshot.prepare_cached(EVENTS).await.map_err(postgres)?;
        if query.named > 0 {
            let mut named = HashSet::new();
            for row in snapshot.query(&events, &[&self.port, &kinds, &ids, &i64::from(query.named)]).await.map_err(postgres)? {
                named.extend(stored_event(&row)?.event.objects.into_iter().map(|link| link.object));
            }
            dossier.named = named.into_iter().filter(|object| !asked.contains(object)).collect();
        }
        if query.events > 0 {
            let rows = snapshot.query(&events, &[&self.port, &kinds, &ids, &i64::from(query.events)]).await.map_err(postgres)?;
            dossier.events = rows.iter().map(|row| stored_event(row).map(Arc::new)).collect::<Result<_, _>>()?;
        }
        snapshot.commit().await.map_err(postgres)?;
        Ok(dossier)
    }
}
