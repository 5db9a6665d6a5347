//! Writes a ledger in the form of OCEL 2.0: `fairway ledger export --ocel FILE.sqlite|.json`.
//!
//! Streams: never more than one step of events, objects or links is in memory. The file appears complete or not at all. Tables and names follow the
//! standard (<https://www.ocel-standard.org/2.0/>, chapters 4 and 5).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use ledger::ocel::{self, AttributeValue, OcelEvent, OcelObject, OcelRelation, OcelTypes};
use ledger::{ObjectRef, Timestamp};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use store::{Store, StoreError};

/// Rows read at once.
const ROWS_AT_ONCE: u32 = 1_000;
/// Links kept in memory to be written with their objects in the JSON form.
const LINKS_AT_ONCE: u32 = 10_000;

/// Form of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Relational, SQLite.
    Sqlite,
    /// JSON.
    Json,
}

impl Form {
    /// By the file's extension.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "sqlite" | "db" => Some(Self::Sqlite),
            "json" | "jsonocel" => Some(Self::Json),
            _ => None,
        }
    }
}

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Events.
    pub events: u64,
    /// Objects.
    pub objects: u64,
    /// Relations between objects.
    pub links: u64,
}

/// Why an export failed. The file is then not there.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The name ends in neither `.sqlite` nor `.json`.
    #[error("{0}: the name must end in .sqlite or .json")]
    Form(PathBuf),
    /// The file cannot be written.
    #[error("{path} cannot be written")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The SQLite file cannot be written.
    #[error("the SQLite file cannot be written")]
    Sqlite(#[from] rusqlite::Error),
    /// A row cannot be written as JSON.
    #[error("a row cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The store cannot be read.
    #[error("the ledger cannot be read")]
    Store(#[from] StoreError),
}

/// Exports the ledger of a port to a file, replacing it.
///
/// # Errors
/// [`ExportError`].
pub async fn export(store: &dyn Store, port: &str, path: &Path) -> Result<Written, ExportError> {
    let form = Form::of(path).ok_or_else(|| ExportError::Form(path.to_owned()))?;
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let file = |source| ExportError::File { path: path.to_owned(), source };
    match std::fs::remove_file(&part) {
        Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => return Err(file(fault)),
        Ok(()) | Err(_) => {}
    }
    let done = match form {
        Form::Sqlite => to_sqlite(store, port, &part).await,
        Form::Json => to_json(store, port, &part, path).await,
    };
    match done {
        Ok(written) => std::fs::rename(&part, path).map(|()| written).map_err(file),
        Err(fault) => {
            // The fault that is told is the first one.
            let _ = std::fs::remove_file(&part);
            Err(fault)
        }
    }
}

/// Tables of one sort of types: `event_…` or `object_…`.
struct Tables {
    sort: &'static str,
    names: BTreeMap<String, String>,
    taken: HashSet<String>,
    types: OcelTypes,
    columns: HashMap<String, HashSet<String>>,
}

impl Tables {
    fn new(sort: &'static str) -> Self {
        Self { sort, names: BTreeMap::new(), taken: HashSet::new(), types: OcelTypes::default(), columns: HashMap::new() }
    }

    /// The table of a type, created when it is new.
    fn table(&mut self, conn: &Connection, kind: &str) -> Result<String, rusqlite::Error> {
        if let Some(name) = self.names.get(kind) {
            return Ok(name.clone());
        }
        let plain = ocel::table_name(kind);
        let mut name = plain.clone();
        let mut n = 1;
        while !self.taken.insert(name.to_ascii_lowercase()) {
            n += 1;
            name = format!("{plain}{n}");
        }
        self.types.note_type(kind);
        let sort = self.sort;
        conn.execute(&format!("INSERT INTO {sort}_map_type (ocel_type, ocel_type_map) VALUES (?1, ?2)"), (kind, &name))?;
        let id = "ocel_id TEXT, ocel_time TIMESTAMP";
        let columns = if sort == "object" { format!("{id}, ocel_changed_field TEXT") } else { format!("{id}, PRIMARY KEY (ocel_id)") };
        conn.execute_batch(&format!("CREATE TABLE \"{sort}_{name}\" ({columns}, FOREIGN KEY (ocel_id) REFERENCES {sort} (ocel_id))"))?;
        self.names.insert(kind.to_owned(), name.clone());
        Ok(name)
    }

    /// Writes the row of a type's table, adding the columns that are new.
    fn row(
        &mut self,
        conn: &Connection,
        kind: &str,
        id: &str,
        time: Timestamp,
        attributes: impl Iterator<Item = (String, AttributeValue)>,
    ) -> Result<(), rusqlite::Error> {
        let table = self.table(conn, kind)?;
        let mut names = vec!["ocel_id".to_owned(), "ocel_time".to_owned()];
        let mut values = vec![Value::from(id.to_owned()), Value::from(sql_time(time))];
        for (name, value) in attributes {
            if !self.types.note(kind, &name, value.kind()) {
                continue;
            }
            if self.columns.entry(kind.to_owned()).or_default().insert(name.clone()) {
                conn.execute_batch(&format!("ALTER TABLE \"{}_{table}\" ADD COLUMN \"{name}\" {}", self.sort, value.kind().sql()))?;
            }
            names.push(format!("\"{name}\""));
            values.push(sql_value(value));
        }
        let marks = vec!["?"; values.len()].join(", ");
        conn.prepare_cached(&format!("INSERT INTO \"{}_{table}\" ({}) VALUES ({marks})", self.sort, names.join(", ")))?
            .execute(params_from_iter(values))?;
        Ok(())
    }
}

/// `2026-11-22 21:41:27.123`: the standard's examples and its readers take UTC without a mark.
fn sql_time(at: Timestamp) -> String {
    at.to_string().replace('T', " ").trim_end_matches('Z').to_owned()
}

fn sql_value(value: AttributeValue) -> Value {
    match value {
        AttributeValue::String(text) => text.into(),
        AttributeValue::Integer(number) => number.into(),
        AttributeValue::Float(number) => number.into(),
        AttributeValue::Boolean(truth) => i64::from(truth).into(),
        AttributeValue::Time(at) => sql_time(at).into(),
    }
}

const SCHEMA: &str = "
    CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
    CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
    CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT, FOREIGN KEY (ocel_type) REFERENCES event_map_type (ocel_type));
    CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT, FOREIGN KEY (ocel_type) REFERENCES object_map_type (ocel_type));
    CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT,
        PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier),
        FOREIGN KEY (ocel_event_id) REFERENCES event (ocel_id), FOREIGN KEY (ocel_object_id) REFERENCES object (ocel_id));
    CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT,
        PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier),
        FOREIGN KEY (ocel_source_id) REFERENCES object (ocel_id), FOREIGN KEY (ocel_target_id) REFERENCES object (ocel_id));
";

async fn to_sqlite(store: &dyn Store, port: &str, path: &Path) -> Result<Written, ExportError> {
    let conn = Connection::open(path)?;
    conn.set_prepared_statement_cache_capacity(256);
    // The file is new and thrown away on failure: it needs no journal.
    conn.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN")?;
    conn.execute_batch(SCHEMA)?;
    let mut written = Written::default();
    let mut objects = Tables::new("object");
    let mut after: Option<ObjectRef> = None;
    loop {
        let rows = store.objects_after(port, after.as_ref(), ROWS_AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.object.clone());
        for row in rows {
            let object = ocel::object(&row.object, &row.state, Vec::new());
            objects.table(&conn, &object.kind)?;
            conn.prepare_cached("INSERT INTO object (ocel_id, ocel_type) VALUES (?1, ?2)")?.execute((&object.id, &object.kind))?;
            let attributes = object.attributes.into_iter().map(|attribute| (attribute.name, attribute.value));
            objects.row(&conn, &object.kind, &object.id, Timestamp::default(), attributes)?;
            written.objects += 1;
        }
    }
    // An object that is merely named by an event or a link is an object of the log as well.
    let mention = |objects: &mut Tables, id: &str| -> Result<bool, rusqlite::Error> {
        let kind = id.split_once('/').map_or(id, |(kind, _)| kind).to_owned();
        objects.table(&conn, &kind)?;
        let new = conn.prepare_cached("INSERT OR IGNORE INTO object (ocel_id, ocel_type) VALUES (?1, ?2)")?.execute((id, &kind))? == 1;
        if new {
            objects.row(&conn, &kind, id, Timestamp::default(), std::iter::empty())?;
        }
        Ok(new)
    };
    let mut events = Tables::new("event");
    let mut position = None;
    loop {
        let rows = store.events_after(port, position, ROWS_AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        position = Some(last.position);
        for row in rows {
            let event = ocel::event(&row.event);
            events.table(&conn, &event.kind)?;
            conn.prepare_cached("INSERT INTO event (ocel_id, ocel_type) VALUES (?1, ?2)")?.execute((&event.id, &event.kind))?;
            for relation in &event.relationships {
                written.objects += u64::from(mention(&mut objects, &relation.object_id)?);
                conn.prepare_cached(
                    "INSERT OR IGNORE INTO event_object (ocel_event_id, ocel_object_id, ocel_qualifier) VALUES (?1, ?2, ?3)",
                )?
                .execute((&event.id, &relation.object_id, &relation.qualifier))?;
            }
            let attributes = event.attributes.into_iter().map(|attribute| (attribute.name, attribute.value));
            events.row(&conn, &event.kind, &event.id, event.time, attributes)?;
            written.events += 1;
        }
    }
    let mut cursor = None;
    loop {
        let page = store.links_after(port, cursor, LINKS_AT_ONCE).await?;
        for link in page.items {
            let (from, to) = (ocel::object_id(&link.from), ocel::object_id(&link.to));
            written.objects += u64::from(mention(&mut objects, &from)?) + u64::from(mention(&mut objects, &to)?);
            conn.prepare_cached(
                "INSERT OR IGNORE INTO object_object (ocel_source_id, ocel_target_id, ocel_qualifier) VALUES (?1, ?2, ?3)",
            )?
            .execute((&from, &to, &link.role))?;
            written.links += 1;
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    conn.execute_batch("COMMIT")?;
    conn.close().map_err(|(_, fault)| fault)?;
    Ok(written)
}

/// Objects with their links, then events, then the types met.
async fn to_json(store: &dyn Store, port: &str, part: &Path, path: &Path) -> Result<Written, ExportError> {
    let fault = |source| ExportError::File { path: path.to_owned(), source };
    let mut out = Json { out: BufWriter::new(File::create(part).map_err(fault)?), first: true, path: path.to_owned() };
    let mut written = Written::default();
    let (mut object_types, mut event_types) = (OcelTypes::default(), OcelTypes::default());
    let mut seen: HashSet<String> = HashSet::new();
    out.text("{\"objects\":[")?;
    let mut after: Option<ObjectRef> = None;
    loop {
        let rows = store.objects_after(port, after.as_ref(), ROWS_AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.object.clone());
        for row in rows {
            let mut relations = Vec::new();
            for link in store.links(port, &row.object, LINKS_AT_ONCE).await? {
                if link.from == row.object {
                    relations.push(OcelRelation { object_id: ocel::object_id(&link.to), qualifier: link.role });
                }
            }
            written.links += relations.len() as u64;
            let mut object = ocel::object(&row.object, &row.state, relations);
            object_types.note_type(&object.kind);
            object.attributes.retain(|attribute| object_types.note(&object.kind, &attribute.name, attribute.value.kind()));
            seen.insert(object.id.clone());
            out.item(&object)?;
            written.objects += 1;
        }
    }
    // Objects that are merely named: found by walking the events and links once before the events are written.
    let mut named = |out: &mut Json, types: &mut OcelTypes, id: String, relationships: Vec<OcelRelation>| -> Result<u64, ExportError> {
        if seen.contains(&id) {
            return Ok(0);
        }
        let kind = id.split_once('/').map_or(id.as_str(), |(kind, _)| kind).to_owned();
        types.note_type(&kind);
        out.item(&OcelObject { id: id.clone(), kind, attributes: Vec::new(), relationships })?;
        seen.insert(id);
        Ok(1)
    };
    let mut cursor = None;
    loop {
        let page = store.links_after(port, cursor, LINKS_AT_ONCE).await?;
        for link in page.items {
            let from = ocel::object_id(&link.from);
            let mut relations = Vec::new();
            for other in store.links(port, &link.from, LINKS_AT_ONCE).await?.into_iter().filter(|other| other.from == link.from) {
                relations.push(OcelRelation { object_id: ocel::object_id(&other.to), qualifier: other.role });
            }
            let count = relations.len() as u64;
            let new = named(&mut out, &mut object_types, from, relations)?;
            written.links += new * count;
            written.objects += new + named(&mut out, &mut object_types, ocel::object_id(&link.to), Vec::new())?;
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let mut position = None;
    loop {
        let rows = store.events_after(port, position, ROWS_AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        position = Some(last.position);
        for link in rows.iter().flat_map(|row| &row.event.objects) {
            written.objects += named(&mut out, &mut object_types, ocel::object_id(&link.object), Vec::new())?;
        }
    }
    out.text("],\"events\":[")?;
    out.first = true;
    let until = position;
    let mut position = None;
    while position != until {
        let rows = store.events_after(port, position, ROWS_AT_ONCE).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows.iter().filter(|row| Some(row.position) <= until) {
            let mut event: OcelEvent = ocel::event(&row.event);
            event_types.note_type(&event.kind);
            event.attributes.retain(|attribute| event_types.note(&event.kind, &attribute.name, attribute.value.kind()));
            out.item(&event)?;
            written.events += 1;
            position = Some(row.position);
        }
    }
    out.text("],\"eventTypes\":")?;
    out.json(&event_types.list())?;
    out.text(",\"objectTypes\":")?;
    out.json(&object_types.list())?;
    out.text("}\n")?;
    out.out.into_inner().map_err(|fault| fault.into_error()).and_then(|file| file.sync_all()).map_err(fault)?;
    Ok(written)
}

struct Json {
    out: BufWriter<File>,
    first: bool,
    path: PathBuf,
}

impl Json {
    fn text(&mut self, text: &str) -> Result<(), ExportError> {
        self.out.write_all(text.as_bytes()).map_err(|source| ExportError::File { path: self.path.clone(), source })
    }

    fn json(&mut self, value: &impl serde::Serialize) -> Result<(), ExportError> {
        let bytes = serde_json::to_vec(value)?;
        self.out.write_all(&bytes).map_err(|source| ExportError::File { path: self.path.clone(), source })
    }

    fn item(&mut self, value: &impl serde::Serialize) -> Result<(), ExportError> {
        if !std::mem::take(&mut self.first) {
            self.text(",\n")?;
        }
        self.json(value)
    }
}
