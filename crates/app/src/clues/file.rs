//! The file of a clue (线索卷宗): what it is about, its texts and the facts that were looked up. Kept beside the ledger, for its authority and those
//! it shares it with, until its retention is over.

use std::collections::{BTreeMap, BTreeSet};

use codes::{BillNumber, ContainerNumber, ImoNumber, PlateNumber, Uscc};
use inspection::{Clue, ClueAbout, ClueScope};
use ledger::{Aggregate, ObjectRef, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Page, Visibility, WorkOrder, WorkQuery};

use super::facts::ClueFact;
use crate::inbox::sha256_hex;
use crate::reading::{PAGE_MAX, Seen};
use crate::rights::Resource;
use crate::{App, AppError, Context, Principal, Role, Unit, matching};

/// Register of the files.
const FILES: &str = "clue-file";

/// What a clue is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClueSubject {
    /// What kind of thing.
    pub about: ClueAbout,
    /// Its code or number, as it is written everywhere.
    pub value: String,
}

impl ClueSubject {
    /// A thing by its code or number.
    ///
    /// # Errors
    /// `clue-subject` when it cannot be one.
    pub fn of(about: ClueAbout, text: &str) -> Result<Self, AppError> {
        let text = text.trim();
        let value = match about {
            ClueAbout::Enterprise => text.to_uppercase().parse::<Uscc>().map(|code| code.to_string()),
            ClueAbout::Container => text.to_uppercase().parse::<ContainerNumber>().map(|code| code.to_string()),
            ClueAbout::Bill => text.parse::<BillNumber>().map(|code| code.to_string()),
            ClueAbout::Ship => text.parse::<ImoNumber>().map(|code| code.to_string()),
            ClueAbout::Plate => text.to_uppercase().parse::<PlateNumber>().map(|code| code.to_string()),
        };
        let value = value.map_err(|fault| {
            AppError::invalid("clue-subject", "/value", format!("号码无效：{fault}"), format!("this is no valid number: {fault}"))
        })?;
        Ok(Self { about, value })
    }

    /// The same thing has the same one; without the secret of the port nobody finds the thing by it.
    pub(crate) async fn fingerprint(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let secret = matching::secret(unit, "clue").await?;
        Ok(self.fingerprint_with(&secret))
    }

    fn fingerprint_with(&self, secret: &str) -> String {
        sha256_hex(format!("{secret}\n{}\n{}", self.about.code(), self.value).as_bytes())
    }
}

/// A text with the salt of its seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SealedText {
    salt: String,
    text: String,
}

/// Facts with the salt of their seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct SealedFacts {
    salt: String,
    facts: Vec<ClueFact>,
    /// Every object that was read for them.
    #[serde(default)]
    read: BTreeSet<ObjectRef>,
}

/// The file, by seals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ClueFile {
    #[serde(default)]
    subject: Option<ClueSubject>,
    #[serde(default)]
    texts: BTreeMap<String, SealedText>,
    #[serde(default)]
    facts: BTreeMap<String, SealedFacts>,
}

impl ClueFile {
    pub const fn subject(&self) -> Option<&ClueSubject> {
        self.subject.as_ref()
    }
}

fn salt(unit: &Unit<'_>) -> String {
    hex::encode(unit.app.random::<16>())
}

/// The file as this unit will leave it, held.
pub(super) async fn held(unit: &mut Unit<'_>, id: &str) -> Result<ClueFile, AppError> {
    unit.record_held(FILES, id).await
}

/// Opens the file of a new clue. Returns its seal.
pub(super) fn begin(unit: &mut Unit<'_>, id: &str, subject: ClueSubject, text: String) -> Result<String, AppError> {
    let salt = salt(unit);
    let seal = sha256_hex(format!("{salt}\n{}\n{}\n{text}", subject.about.code(), subject.value).as_bytes());
    let texts = BTreeMap::from([(seal.clone(), SealedText { salt, text })]);
    unit.write_record(FILES, id, Some(0), &ClueFile { subject: Some(subject), texts, facts: BTreeMap::new() })?;
    Ok(seal)
}

/// Puts a text into the file. Returns its seal.
pub(super) async fn put_text(unit: &mut Unit<'_>, id: &str, text: String) -> Result<String, AppError> {
    let mut file = held(unit, id).await?;
    let salt = salt(unit);
    let seal = sha256_hex(format!("{salt}\n{text}").as_bytes());
    file.texts.insert(seal.clone(), SealedText { salt, text });
    unit.write_record(FILES, id, None, &file)?;
    Ok(seal)
}

/// Puts facts into the file. Returns their seal.
pub(super) async fn put_facts(unit: &mut Unit<'_>, id: &str, facts: Vec<ClueFact>, read: BTreeSet<ObjectRef>) -> Result<String, AppError> {
    let mut file = held(unit, id).await?;
    let salt = salt(unit);
    let body = serde_json::to_string(&facts).map_err(|e| AppError::Internal(e.to_string()))?;
    let seal = sha256_hex(format!("{salt}\n{body}").as_bytes());
    file.facts.insert(seal.clone(), SealedFacts { salt, facts, read });
    unit.write_record(FILES, id, None, &file)?;
    Ok(seal)
}

/// The file is destroyed at this time.
pub(super) async fn keep_until(unit: &mut Unit<'_>, id: &str, until: Timestamp) -> Result<(), AppError> {
    held(unit, id).await?;
    unit.record_expires(FILES, id, until)
}

/// Whose eyes see a clue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClueView {
    /// Its own authority's: everything.
    Own,
    /// Another authority's, with which it was shared.
    Shared(ClueScope),
}

impl ClueView {
    /// The facts, the officers and what was found are seen too.
    pub const fn sees_all(self) -> bool {
        match self {
            Self::Own | Self::Shared(ClueScope::All) => true,
            Self::Shared(ClueScope::Clue) => false,
        }
    }
}

/// How somebody who may read it sees a clue.
pub fn view_of(principal: &Principal, clue: &Clue) -> ClueView {
    if owns(principal, clue) {
        return ClueView::Own;
    }
    ClueView::Shared(clue.shared_with(&principal.organisation).unwrap_or(ClueScope::Clue))
}

/// Is it the own clue of the asker's authority?
pub fn owns(principal: &Principal, clue: &Clue) -> bool {
    let district = principal.district.as_deref().filter(|_| principal.role == Role::Customs);
    clue.belongs_to(&principal.organisation, district)
}

/// What of the file of a clue somebody sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClueContents {
    /// Whose eyes.
    pub view: ClueView,
    /// What it is about; `None` once the file is destroyed.
    pub subject: Option<ClueSubject>,
    texts: BTreeMap<String, String>,
    facts: BTreeMap<String, Vec<ClueFact>>,
}

impl ClueContents {
    /// The text under a seal, while it is kept and where it is seen.
    pub fn text(&self, seal: &str) -> Option<&str> {
        self.texts.get(seal).map(String::as_str)
    }

    /// The facts under a seal, while they are kept and where they are seen.
    pub fn facts(&self, seal: &str) -> &[ClueFact] {
        self.facts.get(seal).map_or(&[], Vec::as_slice)
    }
}

impl App {
    /// One clue, if it is the asker's authority's own or was shared with it; the access is recorded. The rights see whoever it was shared with as
    /// a party, here and nowhere else: its row, its events and its searches stay its own authority's.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`], or the store's fault.
    pub async fn view_clue(&self, ctx: &Context, id: &str) -> Result<Seen<Clue>, AppError> {
        let object = ObjectRef::new(Clue::KIND, id);
        let record = self.store().object(&self.port().code, &object).await?;
        if let Some(record) = &record {
            let state: Clue = self.state_of(record)?;
            if !owns(&ctx.principal, &state) && state.shared_with(&ctx.principal.organisation).is_some() {
                let shared = Resource { kind: Clue::KIND, id, party: true, district: false };
                let allowed = self.rights().require(&ctx.principal, "clue.read", &shared);
                self.note(ctx, "clue.read", Some(object), if allowed.is_ok() { "allowed" } else { "refused" });
                allowed?;
                return Ok(Seen { id: id.to_owned(), state, version: record.version });
            }
        }
        self.seen_by(ctx, "clue.read", id, record.as_ref())
    }

    /// A page of the clues that other authorities share with the asker's, newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn shared_clues(&self, ctx: &Context, cursor: Option<String>, limit: u32) -> Result<Page<Seen<Clue>>, AppError> {
        self.rights().require(&ctx.principal, "clue.read", &Resource::own(Clue::KIND))?;
        let query = WorkQuery {
            port: self.port().code.clone(),
            visibility: Visibility::Port,
            kinds: vec![Clue::KIND.to_owned()],
            statuses: Vec::new(),
            owner: None,
            actions: Vec::new(),
            open: None,
            key_prefix: None,
            keys: vec![inspection::shared_key(&ctx.principal.organisation)],
            opened_from: None,
            opened_to: None,
            due_before: None,
            order: WorkOrder::Newest,
            cursor,
            limit: limit.clamp(1, PAGE_MAX),
        };
        let page = self.store().work(&query).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for item in page.items {
            let Some(record) = self.store().object(&self.port().code, &item.object).await? else { continue };
            items.push(Seen { id: item.object.id, state: self.state_of(&record)?, version: record.version });
        }
        Ok(Page { items, next: page.next })
    }

    /// The file of a clue that the asker has been allowed to read, as far as its authority shares it.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn clue_contents(&self, ctx: &Context, id: &str, clue: &Clue) -> Result<ClueContents, AppError> {
        let view = view_of(&ctx.principal, clue);
        let over = clue.keep_until().is_some_and(|until| until <= ctx.at);
        let record = if over { None } else { self.store().record(&self.port().code, FILES, id).await? };
        let file: ClueFile = match record {
            Some(record) => serde_json::from_slice(&record.body).map_err(|e| AppError::Internal(format!("file of clue {id}: {e}")))?,
            None => ClueFile::default(),
        };
        // Why it was shared is for its own authority; the clue itself for everybody who sees it; the rest for those who see all.
        let seen = |seal: &String| match view {
            ClueView::Own => true,
            ClueView::Shared(scope) => {
                *seal == clue.registered.seal
                    || clue.shares.iter().any(|share| share.shared.with == ctx.principal.organisation && share.shared.seal == *seal)
                    || (scope == ClueScope::All && clue.shares.iter().all(|share| share.shared.seal != *seal))
            }
        };
        let facts = if view.sees_all() { file.facts } else { BTreeMap::new() };
        Ok(ClueContents {
            view,
            subject: file.subject,
            texts: file.texts.into_iter().filter(|(seal, _)| seen(seal)).map(|(seal, sealed)| (seal, sealed.text)).collect(),
            facts: facts.into_iter().map(|(seal, sealed)| (seal, sealed.facts)).collect(),
        })
    }

    /// The key by which clues about a thing are found; `None` while there is no clue about anything.
    ///
    /// # Errors
    /// `clue-subject`, or the store's fault.
    pub async fn clue_key(&self, about: ClueAbout, text: &str) -> Result<Option<String>, AppError> {
        let subject = ClueSubject::of(about, text)?;
        let secret = matching::known_secret(self, "clue").await?;
        Ok(secret.map(|secret| subject.fingerprint_with(&secret).to_uppercase()))
    }
}
