//! Reading: one object, lists, searches. Every read asks the rights; every read of one object is recorded (访问留痕).

use std::collections::HashMap;

use ledger::{ObjectRef, Timestamp, WorkRow};
use store::{ObjectRecord, Page, Visibility, WorkItem, WorkOrder, WorkQuery, WorkTally};

use crate::cases::read_action;
use crate::rights::{AT_THE_PORT, Resource};
use crate::{App, AppError, Context, Happens, Principal, Role};

/// Longest page of any list.
pub const PAGE_MAX: u32 = 200;

/// An object read.
#[derive(Clone, Debug)]
pub struct Seen<A> {
    /// Id.
    pub id: String,
    /// State.
    pub state: A,
    /// Version, for edits.
    pub version: u64,
}

/// What a list is asked for.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Object kinds; empty means all.
    pub kinds: Vec<String>,
    /// Status codes; empty means all.
    pub statuses: Vec<String>,
    /// Next actions; empty means all.
    pub actions: Vec<String>,
    /// Only rows on which the asker's organisation must act.
    pub mine: bool,
    /// Open only, closed only, or both.
    pub open: Option<bool>,
    /// Beginning of an identifier.
    pub key_prefix: Option<String>,
    /// Exact keys, all of which a row carries.
    pub keys: Vec<String>,
    /// Only rows of this organisation, for those who see the rows of others.
    pub party: Option<String>,
    /// Opened at or after.
    pub opened_from: Option<Timestamp>,
    /// Opened before.
    pub opened_to: Option<Timestamp>,
    /// Due before.
    pub due_before: Option<Timestamp>,
    /// Earliest due first instead of newest first.
    pub by_due: bool,
    /// Cursor.
    pub cursor: Option<String>,
    /// Rows wanted; 0 means 50.
    pub limit: u32,
}

impl App {
    /// One object, if the asker may see it. Strangers are told that it does not exist. The access is recorded.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`], or the store's fault.
    pub async fn view<A: Happens>(&self, ctx: &Context, action: &'static str, id: &str) -> Result<Seen<A>, AppError> {
        let object = ObjectRef::new(A::KIND, id);
        let record = self.store().object(&self.port().code, &object).await?;
        self.seen_by(ctx, action, id, record.as_ref())
    }

    /// An object as read, if the asker may see it; the access is recorded.
    pub(crate) fn seen_by<A: Happens>(
        &self,
        ctx: &Context,
        action: &'static str,
        id: &str,
        record: Option<&ObjectRecord>,
    ) -> Result<Seen<A>, AppError> {
        let not_found = || AppError::NotFound { kind: A::KIND, id: id.to_owned() };
        let record = record.ok_or_else(not_found)?;
        let state: A = self.state_of(record)?;
        let row = state.work_row(id);
        let resource = Resource::of(A::KIND, id, &row, &ctx.principal, &self.port().customs_district);
        let allowed = self.rights().require(&ctx.principal, action, &resource);
        let outcome = if allowed.is_ok() { "allowed" } else { "refused" };
        self.store().audit(&self.port().code, self.access(ctx, action, Some(record.object.clone()), outcome, ""));
        match allowed {
            Ok(()) => Ok(Seen { id: id.to_owned(), state, version: record.version }),
            Err(_) if !resource.known_to_principal() => Err(not_found()),
            Err(error) => Err(error),
        }
    }

    /// An object that belongs to a view already allowed (the call of a bill, say). Never a use case of its own.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn peek<A: Happens>(&self, id: &str) -> Result<Option<A>, AppError> {
        let record = self.store().object(&self.port().code, &ObjectRef::new(A::KIND, id)).await?;
        record.map(|r| self.state_of(&r)).transpose()
    }

    /// Several objects that belong to a view already allowed, by id.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn peek_many<A: Happens>(&self, ids: impl IntoIterator<Item = String>) -> Result<HashMap<String, A>, AppError> {
        let mut wanted: Vec<ObjectRef> = ids.into_iter().map(|id| ObjectRef::new(A::KIND, id)).collect();
        wanted.sort();
        wanted.dedup();
        let found = self.store().objects(&self.port().code, &wanted).await?;
        found.iter().map(|r: &ObjectRecord| Ok((r.object.id.clone(), self.state_of(r)?))).collect()
    }

    /// A page of objects of one kind that the asker may see.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn list<A: Happens>(
        &self,
        ctx: &Context,
        action: &'static str,
        mut query: ListQuery,
    ) -> Result<Page<(Seen<A>, WorkRow)>, AppError> {
        self.rights().require(&ctx.principal, action, &Resource::own(A::KIND))?;
        query.kinds = vec![A::KIND.to_owned()];
        let page = self.store().work(&self.work_query(ctx, &query)).await?;
        let wanted: Vec<ObjectRef> = page.items.iter().map(|item| item.object.clone()).collect();
        let mut found: HashMap<String, ObjectRecord> =
            self.store().objects(&self.port().code, &wanted).await?.into_iter().map(|r| (r.object.id.clone(), r)).collect();
        let mut items = Vec::with_capacity(page.items.len());
        for item in page.items {
            if let Some(record) = found.remove(&item.object.id) {
                items.push((Seen { id: item.object.id, state: self.state_of(&record)?, version: record.version }, item.row));
            }
        }
        Ok(Page { items, next: page.next })
    }

    /// A page of the worklist (待办).
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn worklist(&self, ctx: &Context, query: &ListQuery) -> Result<Page<WorkItem>, AppError> {
        self.rights().require(&ctx.principal, "worklist.read", &Resource::own("worklist"))?;
        Ok(self.store().work(&self.work_query(ctx, query)).await?)
    }

    /// Numbers of open rows the asker may see.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn worklist_tally(&self, ctx: &Context, query: &ListQuery) -> Result<Vec<WorkTally>, AppError> {
        self.rights().require(&ctx.principal, "worklist.read", &Resource::own("worklist"))?;
        Ok(self.store().work_tally(&self.work_query(ctx, query), ctx.at).await?)
    }

    /// Something new that will be at this port, as the rights see it.
    pub fn at_the_port<'a>(&self, kind: &'a str, principal: &Principal) -> Resource<'a> {
        Resource::at_the_port(kind, principal, &self.port().customs_district)
    }

    /// Whose rows the asker may see at all: those whose objects it may read. Customs of the port sees what is at the port and what names its
    /// district, another district what names that one; the port office sees the kinds of objects that the policies open to it. `kinds` are
    /// those asked for.
    fn visibility(&self, ctx: &Context, kinds: &[String]) -> Visibility {
        match (ctx.principal.role, &ctx.principal.district) {
            (Role::Platform, _) => Visibility::Port,
            (Role::PortOffice, _) => {
                let kinds = crate::happened::kinds().into_iter().map(|(kind, _)| kind);
                let open = kinds
                    .filter(|kind| read_action(kind).is_some_and(|action| self.rights().allows(Role::PortOffice, action, false, false)));
                Visibility::Office { kinds: open.map(str::to_owned).collect(), authority: None }
            }
            (Role::Customs, Some(district)) if *district == self.port().customs_district => {
                Visibility::Office { kinds: AT_THE_PORT.map(str::to_owned).to_vec(), authority: Some(district.clone()) }
            }
            (Role::Customs, district) => Visibility::Authorities(district.iter().cloned().collect()),
            // Another authority sees what it takes part in, and the plans that everybody sees.
            (Role::Maritime | Role::Border | Role::PortAuthority | Role::MarketSupervision, _) if self.opens(ctx.principal.role, kinds) => {
                Visibility::Office { kinds: kinds.to_vec(), authority: None }
            }
            (
                Role::Trader
                | Role::Agent
                | Role::Terminal
                | Role::Trucker
                | Role::Maritime
                | Role::Border
                | Role::PortAuthority
                | Role::MarketSupervision
                | Role::Admin
                | Role::National
                | Role::Public,
                _,
            ) => Visibility::Organisation(ctx.principal.organisation.clone()),
        }
    }

    /// May a role read these kinds of objects without having a part in them?
    fn opens(&self, role: Role, kinds: &[String]) -> bool {
        let open = |kind: &String| read_action(kind).is_some_and(|action| self.rights().allows(role, action, false, false));
        !kinds.is_empty() && kinds.iter().all(open)
    }

    fn work_query(&self, ctx: &Context, query: &ListQuery) -> WorkQuery {
        WorkQuery {
            port: self.port().code.clone(),
            visibility: match (self.visibility(ctx, &query.kinds), &query.party) {
                (Visibility::Port, Some(party)) => Visibility::Organisation(party.clone()),
                // An authority sees by its district, and what names it as well.
                (_, Some(party)) if *party == ctx.principal.organisation && !query.kinds.is_empty() => {
                    Visibility::Organisation(party.clone())
                }
                // Whoever sees all rows of a kind sees those of one party.
                (Visibility::Office { kinds, .. }, Some(party))
                    if !query.kinds.is_empty() && query.kinds.iter().all(|kind| kinds.contains(kind)) =>
                {
                    Visibility::Organisation(party.clone())
                }
                (visibility, _) => visibility,
            },
            kinds: query.kinds.clone(),
            statuses: query.statuses.clone(),
            owner: query.mine.then(|| mine(ctx)),
            actions: query.actions.clone(),
            open: query.open,
            key_prefix: query.key_prefix.as_ref().map(|q| q.trim().to_uppercase()).filter(|q| !q.is_empty()),
            keys: query.keys.iter().map(|key| key.to_uppercase()).collect(),
            opened_from: query.opened_from,
            opened_to: query.opened_to,
            due_before: query.due_before,
            order: if query.by_due { WorkOrder::Due } else { WorkOrder::Newest },
            cursor: query.cursor.clone(),
            limit: if query.limit == 0 { 50 } else { query.limit.min(PAGE_MAX) },
        }
    }
}

/// Who must act is written into a row as an organisation, or as a district for an authority.
fn mine(ctx: &Context) -> String {
    let district = ctx.principal.district.as_ref().filter(|_| ctx.principal.role == Role::Customs);
    district.unwrap_or(&ctx.principal.organisation).clone()
}
