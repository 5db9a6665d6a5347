//! Who sees what of samples: officers all of it, the laboratory without whose it is (盲样), the trader what became of its own.

use inspection::{Sample, TestingBody};
use ledger::{Aggregate as _, WorkRow};
use store::Page;

use crate::reading::{ListQuery, PAGE_MAX, Seen};
use crate::{App, AppError, Context, Role};

/// With which eyes a sample is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eyes {
    /// An officer of the district.
    Officer,
    /// A person of the laboratory: not whose it is, from which box, under which declaration.
    Laboratory,
    /// The trader or broker: state and conclusion.
    Trader,
}

impl Eyes {
    /// The action that is asked of the rights.
    pub const fn action(self) -> &'static str {
        match self {
            Self::Officer => "sample.read",
            Self::Laboratory => "sample.examine",
            Self::Trader => "sample.follow",
        }
    }
}

/// Which samples.
#[derive(Clone, Debug, Default)]
pub struct SampleQuery {
    /// Statuses; empty means all.
    pub statuses: Vec<String>,
    /// Beginning of an identifier.
    pub key_prefix: Option<String>,
    /// Laboratory.
    pub laboratory: Option<String>,
    /// Month of release, `YYYY-MM`; with a laboratory.
    pub month: Option<String>,
    /// Inspection.
    pub inspection: Option<String>,
    /// Cursor.
    pub cursor: Option<String>,
    /// Rows wanted; 0 means 50.
    pub limit: u32,
}

/// States in which a laboratory has something to do.
const AT_THE_LABORATORY: [&str; 4] = ["sent", "received", "testing", "reported"];

/// Does it begin as the ids of samples do: a Y, then digits?
fn is_sample_id(prefix: &str) -> bool {
    let mut characters = prefix.trim().chars();
    characters.next().is_some_and(|first| first.eq_ignore_ascii_case(&'Y'))
        && prefix.trim().chars().count() > 2
        && characters.all(|one| one.is_ascii_digit() || one == '-')
}

type SamplePage = Page<(Seen<Sample>, WorkRow)>;

impl App {
    /// Does this person work in a laboratory?
    ///
    /// # Errors
    /// The store's fault.
    pub async fn works_in_laboratory(&self, person: &str) -> Result<bool, AppError> {
        let competence = &self.port().sampling.competence;
        let officer = self.user(person).await?.and_then(|user| user.officer);
        Ok(officer.is_some_and(|officer| officer.competences.contains(competence)))
    }

    /// With which eyes somebody sees samples.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn eyes_for_samples(&self, ctx: &Context) -> Result<Eyes, AppError> {
        if ctx.principal.role != Role::Customs {
            return Ok(Eyes::Trader);
        }
        let blind = ctx.principal.district.is_none() || self.works_in_laboratory(&ctx.principal.id).await?;
        Ok(if blind { Eyes::Laboratory } else { Eyes::Officer })
    }

    /// One sample; the access is recorded.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also when it may not be seen.
    pub async fn sample(&self, ctx: &Context, id: &str) -> Result<(Eyes, Seen<Sample>), AppError> {
        let eyes = self.eyes_for_samples(ctx).await?;
        Ok((eyes, self.view::<Sample>(ctx, eyes.action(), id).await?))
    }

    /// A page of samples, the newest first.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn samples(&self, ctx: &Context, query: SampleQuery) -> Result<(Eyes, SamplePage), AppError> {
        let eyes = self.eyes_for_samples(ctx).await?;
        // What a laboratory may not see it may not search for either.
        let blind = eyes == Eyes::Laboratory;
        let mut keys: Vec<String> = query.inspection.iter().filter(|_| !blind).cloned().collect();
        match (&query.laboratory, &query.month) {
            (Some(laboratory), Some(month)) => keys.push(Sample::figures_key(laboratory, month)),
            (Some(laboratory), None) => keys.push(format!("LAB:{laboratory}")),
            (None, _) => {}
        }
        let key_prefix = query.key_prefix.filter(|prefix| !blind || is_sample_id(prefix));
        let list = ListQuery {
            statuses: query.statuses,
            key_prefix,
            keys,
            party: blind.then(|| ctx.principal.organisation.clone()),
            cursor: query.cursor,
            limit: query.limit,
            ..ListQuery::default()
        };
        Ok((eyes, self.list::<Sample>(ctx, eyes.action(), list).await?))
    }

    /// The queue of a laboratory: through-train first, then the earliest due. A cursor tells in which of the two it goes on.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], a cursor that is none, or the store's fault.
    pub async fn laboratory_queue(
        &self,
        ctx: &Context,
        laboratory: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<(Eyes, SamplePage), AppError> {
        let eyes = self.eyes_for_samples(ctx).await?;
        if eyes == Eyes::Trader {
            return Err(AppError::Forbidden { action: Eyes::Laboratory.action() });
        }
        let limit = if limit == 0 { 50 } else { limit.min(PAGE_MAX) };
        let of = |priority: &str, cursor: Option<String>, limit: u32| ListQuery {
            statuses: AT_THE_LABORATORY.map(str::to_owned).to_vec(),
            keys: laboratory.map(|id| format!("LAB:{id}")).into_iter().chain([format!("PRIORITY:{priority}")]).collect(),
            party: (eyes == Eyes::Laboratory).then(|| ctx.principal.organisation.clone()),
            by_due: true,
            cursor,
            limit,
            ..ListQuery::default()
        };
        let unknown = || AppError::Store(store::StoreError::Cursor);
        let (through_train, after) = match cursor.map(|cursor| cursor.split_once(':').ok_or_else(unknown)).transpose()? {
            None => (true, None),
            Some(("first", after)) => (true, Some(after.to_owned())),
            Some(("then", "")) => (false, None),
            Some(("then", after)) => (false, Some(after.to_owned())),
            Some(_) => return Err(unknown()),
        };
        let mut items = Vec::new();
        let mut rest = after;
        if through_train {
            let page = self.list::<Sample>(ctx, eyes.action(), of("THROUGH-TRAIN", rest.take(), limit)).await?;
            items = page.items;
            if let Some(next) = page.next {
                return Ok((eyes, Page { items, next: Some(format!("first:{next}")) }));
            }
        }
        let left = limit.saturating_sub(u32::try_from(items.len()).unwrap_or(u32::MAX));
        if left == 0 {
            return Ok((eyes, Page { items, next: Some("then:".to_owned()) }));
        }
        let page = self.list::<Sample>(ctx, eyes.action(), of("ORDINARY", rest, left)).await?;
        items.extend(page.items);
        Ok((eyes, Page { items, next: page.next.map(|next| format!("then:{next}")) }))
    }

    /// A page of testing bodies: officers see all of their district's, traders those whose reports are accepted now.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], or the store's fault.
    pub async fn testing_bodies(&self, ctx: &Context, mut query: ListQuery) -> Result<Page<(Seen<TestingBody>, WorkRow)>, AppError> {
        if ctx.principal.role != Role::Trader {
            return self.list::<TestingBody>(ctx, "testing-body.read", query).await;
        }
        self.rights().require(&ctx.principal, "testing-body.look-up", &crate::rights::Resource::own(TestingBody::KIND))?;
        query.statuses = vec!["in-force".into()];
        self.list::<TestingBody>(&Context::platform(ctx.at, "testing-bodies"), "testing-body.read", query).await
    }
}
