//! Who is who: organisations, people, keys, sessions.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use ledger::{Bilingual, Timestamp};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use store::{Commit, Record, RecordWrite};

use crate::rights::Resource;
use crate::{App, AppError, Context, Principal, Role, Unit, UseCase, limits};

/// Register of organisations.
pub const ORGANISATIONS: &str = "organisation";
/// Register of people.
pub const USERS: &str = "user";
/// Register of API keys.
pub const API_KEYS: &str = "api-key";
/// Register of sessions.
pub const SESSIONS: &str = "session";
/// How long a process may answer from its memory of a record before it looks again.
const REMEMBER_MS: i64 = 5_000;
/// Records of one register remembered at once.
const REMEMBERED_MAX: usize = 50_000;
/// Longest name of an organisation, a person or a key, characters.
const NAME_MAX: usize = 100;
/// Most conflicts or competences of an officer.
const OFFICER_ENTRIES_MAX: usize = 200;

/// An organisation (单位).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Id, lower-case words joined by hyphens, at most 40 characters.
    pub id: String,
    /// Name.
    pub name: Bilingual,
    /// Part it plays.
    pub role: Role,
    /// Unified social credit code (统一社会信用代码).
    pub uscc: Option<String>,
    /// Customs district it is responsible for (关区), for authorities.
    pub district: Option<String>,
    /// How it calls itself in EDI envelopes.
    pub edi_id: Option<String>,
}

/// A person who logs in (用户).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Login name.
    pub id: String,
    /// Name of the person.
    pub name: Bilingual,
    /// Organisation.
    pub organisation: String,
    /// PHC string of the password; `None` when only one-click demo logins are possible.
    pub password: Option<String>,
    /// May not log in.
    pub disabled: bool,
    /// For inspection officers: what makes them part of the pool of a draw.
    pub officer: Option<Officer>,
}

/// What a draw of officers needs to know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Officer {
    /// Organisations with which the officer has a conflict of interest (回避).
    pub conflicts: Vec<String>,
    /// What the officer may inspect.
    pub competences: Vec<String>,
    /// On duty.
    pub on_duty: bool,
}

/// A key of a partner's system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Public part.
    pub id: String,
    /// Organisation it acts for.
    pub organisation: String,
    /// What it is for.
    pub name: String,
    /// SHA-256 of the secret, hex.
    pub secret_sha256: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A session of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// Who.
    pub user: String,
    /// Since.
    pub created_at: Timestamp,
    /// Until.
    pub expires_at: Timestamp,
}

/// When a record was looked up, and what it was, read.
type Remembered = (i64, Option<Arc<dyn Any + Send + Sync>>);

/// All organisations, findable by the names under which others know them.
#[derive(Default)]
struct Register {
    all: Vec<Organisation>,
    by_edi_id: HashMap<String, usize>,
    by_uscc: HashMap<String, usize>,
}

impl Register {
    fn of(all: Vec<Organisation>) -> Self {
        let mut register = Self { all, ..Self::default() };
        // The first of two that share a name is found, as in a list.
        for (index, organisation) in register.all.iter().enumerate().rev() {
            if let Some(edi_id) = &organisation.edi_id {
                register.by_edi_id.insert(edi_id.clone(), index);
            }
            if let Some(uscc) = &organisation.uscc {
                register.by_uscc.insert(uscc.to_uppercase(), index);
            }
        }
        register
    }
}

/// A short memory of register records.
#[derive(Default)]
pub struct Directory {
    remembered: RwLock<HashMap<&'static str, HashMap<String, Remembered>>>,
    register: RwLock<Option<(i64, Arc<Register>)>>,
    pub(crate) profiles: RwLock<crate::partners::Known>,
}

impl Directory {
    /// Forgets a record, after it was changed here.
    pub fn forget(&self, space: &str, id: &str) {
        if let Some(of_space) = self.remembered.write().get_mut(space) {
            of_space.remove(id);
        }
        if space == ORGANISATIONS {
            *self.register.write() = None;
        }
        if space == crate::partners::PARTNERS {
            *self.profiles.write() = None;
        }
    }
}

impl App {
    async fn remembered<T>(&self, space: &'static str, id: &str) -> Result<Option<T>, AppError>
    where
        T: serde::de::DeserializeOwned + Clone + Send + Sync + 'static,
    {
        let now = self.now().millis();
        if let Some((at, known)) = self.directory().remembered.read().get(space).and_then(|of_space| of_space.get(id))
            && (now - at).abs() < REMEMBER_MS
        {
            return Ok(known.as_ref().and_then(|known| known.downcast_ref::<T>()).cloned());
        }
        let found: Option<T> = match self.store().record(&self.port().code, space, id).await? {
            Some(r) => Some(serde_json::from_slice(&r.body).map_err(|e| AppError::Internal(format!("record {space}/{id}: {e}")))?),
            None => None,
        };
        let kept = found.clone().map(|record| Arc::new(record) as Arc<dyn Any + Send + Sync>);
        let mut remembered = self.directory().remembered.write();
        let of_space = remembered.entry(space).or_default();
        if of_space.len() >= REMEMBERED_MAX {
            of_space.clear();
        }
        of_space.insert(id.to_owned(), (now, kept));
        Ok(found)
    }

    /// An organisation.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn organisation(&self, id: &str) -> Result<Option<Organisation>, AppError> {
        self.remembered(ORGANISATIONS, id).await
    }

    /// All organisations (a port knows thousands, not millions).
    ///
    /// # Errors
    /// The store's fault.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, AppError> {
        Ok(self.register().await?.all.clone())
    }

    async fn register(&self) -> Result<Arc<Register>, AppError> {
        let now = self.now().millis();
        let known =
            self.directory().register.read().as_ref().filter(|(at, _)| (now - at).abs() < REMEMBER_MS).map(|(_, known)| Arc::clone(known));
        if let Some(known) = known {
            return Ok(known);
        }
        let register = Arc::new(Register::of(unversioned(self.all(ORGANISATIONS).await?)));
        *self.directory().register.write() = Some((now, Arc::clone(&register)));
        Ok(register)
    }

    /// The organisation that calls itself so in EDI envelopes.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn organisation_by_edi_id(&self, edi_id: &str) -> Result<Option<Organisation>, AppError> {
        let register = self.register().await?;
        Ok(register.by_edi_id.get(edi_id).and_then(|index| register.all.get(*index)).cloned())
    }

    /// The organisation of a unified social credit code.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn organisation_by_uscc(&self, uscc: &str) -> Result<Option<Organisation>, AppError> {
        if uscc.is_empty() {
            return Ok(None);
        }
        let register = self.register().await?;
        Ok(register.by_uscc.get(&uscc.to_uppercase()).and_then(|index| register.all.get(*index)).cloned())
    }

    /// A person.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn user(&self, id: &str) -> Result<Option<User>, AppError> {
        self.remembered(USERS, id).await
    }

    /// All people.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn users(&self) -> Result<Vec<User>, AppError> {
        Ok(unversioned(self.all(USERS).await?))
    }

    /// All people as an editor sees them: each with its version, nothing from memory.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn users_to_edit(&self) -> Result<Vec<(u64, User)>, AppError> {
        self.all(USERS).await
    }

    /// All organisations as an editor sees them.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn organisations_to_edit(&self) -> Result<Vec<(u64, Organisation)>, AppError> {
        self.all(ORGANISATIONS).await
    }

    /// A person as an editor sees it: with its version, not from memory.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn user_to_edit(&self, id: &str) -> Result<Option<(u64, User)>, AppError> {
        self.to_edit(USERS, id).await
    }

    /// An organisation as an editor sees it.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn organisation_to_edit(&self, id: &str) -> Result<Option<(u64, Organisation)>, AppError> {
        self.to_edit(ORGANISATIONS, id).await
    }

    async fn to_edit<T: serde::de::DeserializeOwned>(&self, space: &'static str, id: &str) -> Result<Option<(u64, T)>, AppError> {
        let record = self.store().record(&self.port().code, space, id).await?;
        record.map(|record| Ok((record.version, read_record(space, &record)?))).transpose()
    }

    /// All keys.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, AppError> {
        Ok(unversioned(self.all(API_KEYS).await?))
    }

    /// A key.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn api_key(&self, id: &str) -> Result<Option<ApiKey>, AppError> {
        self.remembered(API_KEYS, id).await
    }

    async fn all<T: serde::de::DeserializeOwned>(&self, space: &'static str) -> Result<Vec<(u64, T)>, AppError> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page: Vec<Record> = self.store().records(&self.port().code, space, after.as_deref(), 200).await?;
            for record in &page {
                found.push((record.version, read_record(space, record)?));
            }
            match page.last() {
                Some(last) if page.len() == 200 => after = Some(last.id.clone()),
                Some(_) | None => return Ok(found),
            }
        }
    }

    /// The principal of a person.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn principal_of_user(&self, user: &User) -> Result<Option<Principal>, AppError> {
        Ok(self.organisation(&user.organisation).await?.map(|o| principal(&user.id, &o, false)))
    }

    /// The principal of an API key.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn principal_of_key(&self, key: &ApiKey) -> Result<Option<Principal>, AppError> {
        Ok(self.organisation(&key.organisation).await?.map(|o| principal(&key.id, &o, true)))
    }

    /// Opens a session; the id is the hash of a token that only the browser knows.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn open_session(&self, id: &str, record: &SessionRecord, ctx: &Context) -> Result<(), AppError> {
        let body = serde_json::to_vec(record).map_err(|e| AppError::Internal(e.to_string()))?;
        let write = RecordWrite {
            space: SESSIONS.into(),
            id: id.into(),
            expected_version: None,
            body: Some(body),
            expires_at: Some(record.expires_at),
        };
        self.write_sessions(write, ctx, "session.open").await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn close_session(&self, id: &str, ctx: &Context) -> Result<(), AppError> {
        let write = RecordWrite { space: SESSIONS.into(), id: id.into(), expected_version: None, body: None, expires_at: None };
        self.write_sessions(write, ctx, "session.close").await
    }

    async fn write_sessions(&self, write: RecordWrite, ctx: &Context, action: &str) -> Result<(), AppError> {
        let id = write.id.clone();
        let audit = vec![self.access(ctx, action, None, "allowed", "")];
        self.store().commit(Commit { port: self.port().code.clone(), records: vec![write], audit, ..Commit::default() }).await?;
        self.directory().forget(SESSIONS, &id);
        Ok(())
    }

    /// A session that has not expired.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn session(&self, id: &str) -> Result<Option<SessionRecord>, AppError> {
        let now = self.now();
        Ok(self.remembered::<SessionRecord>(SESSIONS, id).await?.filter(|s| s.expires_at > now))
    }
}

fn unversioned<T>(all: Vec<(u64, T)>) -> Vec<T> {
    all.into_iter().map(|(_, entry)| entry).collect()
}

fn read_record<T: serde::de::DeserializeOwned>(space: &str, record: &Record) -> Result<T, AppError> {
    serde_json::from_slice(&record.body).map_err(|e| AppError::Internal(format!("record {space}/{}: {e}", record.id)))
}

fn principal(id: &str, organisation: &Organisation, system: bool) -> Principal {
    Principal {
        id: id.to_owned(),
        organisation: organisation.id.clone(),
        role: organisation.role,
        district: organisation.district.clone(),
        system,
    }
}

/// Registers or changes an organisation.
#[derive(Clone, Debug, Serialize)]
pub struct WriteOrganisation {
    /// The organisation.
    pub organisation: Organisation,
    /// Version the editor saw; 0 when it must not exist yet.
    pub expected_version: u64,
}

#[async_trait]
impl UseCase for WriteOrganisation {
    const NAME: &'static str = "organisation.write";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("organisation"))?;
        let o = &self.organisation;
        check_id(&o.id, "/id")?;
        if let Some(uscc) = &o.uscc
            && let Err(e) = uscc.parse::<codes::Uscc>()
        {
            return Err(AppError::invalid("organisation-uscc", "/uscc", format!("统一社会信用代码不正确：{uscc}"), e.to_string()));
        }
        for (value, pointer) in [(&o.name.zh, "/name/zh"), (&o.name.en, "/name/en")] {
            limits::text(value, pointer, NAME_MAX)?;
        }
        limits::optional(o.district.as_ref(), "/district", limits::SHORT_TEXT_MAX)?;
        limits::optional(o.edi_id.as_ref(), "/edi_id", limits::SHORT_TEXT_MAX)?;
        let body = as_expected(unit, ORGANISATIONS, &o.id, self.expected_version, "organisation-exists").await?;
        if let Some(body) = body {
            self.same_role(&body)?;
        }
        unit.write_record(ORGANISATIONS, &o.id, Some(self.expected_version), o)?;
        Ok(o.id.clone())
    }
}

impl WriteOrganisation {
    /// An organisation keeps its role. The role decides what its people see and do: changed in place, it would give everybody in it other
    /// rights at once, and could leave the platform without an administrator.
    fn same_role(&self, body: &[u8]) -> Result<(), AppError> {
        let former: Organisation =
            serde_json::from_slice(body).map_err(|e| AppError::Internal(format!("organisation {}: {e}", self.organisation.id)))?;
        if former.role == self.organisation.role {
            return Ok(());
        }
        Err(AppError::invalid(
            "organisation-role-fixed",
            "/role",
            "单位的角色不能更改，请另行登记",
            "the role of an organisation cannot change; register another one",
        ))
    }
}

/// Registers or changes a person.
#[derive(Clone, Debug, Serialize)]
pub struct WriteUser {
    /// The person, with the password already hashed.
    pub user: User,
    /// Version the editor saw; 0 when it must not exist yet.
    pub expected_version: u64,
}

#[async_trait]
impl UseCase for WriteUser {
    const NAME: &'static str = "user.write";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("user"))?;
        check_id(&self.user.id, "/id")?;
        if unit.app.organisation(&self.user.organisation).await?.is_none() {
            return Err(AppError::invalid("organisation-unknown", "/organisation", "没有这个单位", "no such organisation"));
        }
        for (value, pointer) in [(&self.user.name.zh, "/name/zh"), (&self.user.name.en, "/name/en")] {
            limits::text(value, pointer, NAME_MAX)?;
        }
        if let Some(officer) = &self.user.officer {
            limits::rows(officer.conflicts.len(), OFFICER_ENTRIES_MAX, "/officer/conflicts")?;
            limits::rows(officer.competences.len(), OFFICER_ENTRIES_MAX, "/officer/competences")?;
        }
        as_expected(unit, USERS, &self.user.id, self.expected_version, "user-exists").await?;
        unit.write_record(USERS, &self.user.id, Some(self.expected_version), &self.user)?;
        Ok(self.user.id.clone())
    }
}

/// Makes a key for a partner's system, or withdraws it.
#[derive(Clone, Debug, Serialize)]
pub enum ChangeApiKey {
    /// Makes it.
    Make(ApiKey),
    /// Withdraws it.
    Withdraw(String),
}

#[async_trait]
impl UseCase for ChangeApiKey {
    const NAME: &'static str = "api-key.write";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("api-key"))?;
        let id = match self {
            Self::Make(key) => {
                if unit.app.organisation(&key.organisation).await?.is_none() {
                    return Err(AppError::invalid("organisation-unknown", "/organisation", "没有这个单位", "no such organisation"));
                }
                limits::text(&key.name, "/name", NAME_MAX)?;
                as_expected(unit, API_KEYS, &key.id, 0, "api-key-exists").await?;
                unit.write_record(API_KEYS, &key.id, Some(0), key)?;
                key.id.clone()
            }
            Self::Withdraw(id) => {
                unit.delete_record(API_KEYS, id);
                id.clone()
            }
        };
        Ok(id)
    }
}

/// The record as the editor saw it; `None` when it must not exist yet (version 0) and does not.
async fn as_expected(
    unit: &Unit<'_>,
    space: &'static str,
    id: &str,
    expected: u64,
    exists: &'static str,
) -> Result<Option<Vec<u8>>, AppError> {
    match unit.record_versioned(space, id).await? {
        (_, None) if expected == 0 => Ok(None),
        (_, None) => Err(AppError::NotFound { kind: space, id: id.to_owned() }),
        (_, Some(_)) if expected == 0 => Err(AppError::invalid(exists, "/id", format!("{id} 已存在"), format!("{id} exists already"))),
        (found, Some(_)) if found != expected => Err(AppError::Stale { expected, found }),
        (_, Some(body)) => Ok(Some(body)),
    }
}

fn check_id(id: &str, pointer: &str) -> Result<(), AppError> {
    let fits = (2..=40).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.');
    if fits {
        Ok(())
    } else {
        Err(AppError::invalid(
            "id-shape",
            pointer,
            "标识须为 2 至 40 位小写字母、数字、连字符",
            "ids are 2 to 40 lower-case letters, digits, hyphens",
        ))
    }
}
