//! Proof (存证): receipts that an event is on the ledger, proofs that nothing was rewritten.

use ledger::head::PublicKey;
use ledger::merkle::Hash;
use ledger::receipt::Receipt;
use ledger::{Event, Head, ObjectRef, StoredEvent};

use crate::cases::read_action;
use crate::happened::with_kind;
use crate::rights::Resource;
use crate::{App, AppError, Context};

impl App {
    /// The newest signed head; `None` while the ledger is empty.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn head(&self) -> Result<Option<Head>, AppError> {
        Ok(self.store().head(&self.port().code).await?)
    }

    /// An event that the asker may see: whoever may read the object that it changed. What it merely names opens nothing: a duty notice
    /// names the boxes of its bill, and whoever drives one of them has no business with the duty. The access is recorded.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also when it may not be seen.
    pub async fn event(&self, ctx: &Context, id: &str) -> Result<StoredEvent, AppError> {
        let not_found = || AppError::NotFound { kind: "event", id: id.to_owned() };
        let stored = self.store().event(&self.port().code, id).await?.ok_or_else(not_found)?;
        let allowed = match stored.event.subject() {
            Ok(subject) => {
                let readable = match read_action(&subject.kind) {
                    Some(action) => self.may_see(ctx, action, subject).await?,
                    None => true,
                };
                readable && self.may_see(ctx, "event.read", subject).await?
            }
            Err(_) => false,
        };
        let outcome = if allowed { "allowed" } else { "refused" };
        let object = stored.event.objects.first().map(|link| link.object.clone());
        self.store().audit(&self.port().code, self.access(ctx, "event.read", object, outcome, id));
        if allowed { Ok(stored) } else { Err(not_found()) }
    }

    /// May the asker do this to an object, whatever its kind?
    ///
    /// # Errors
    /// The store's fault.
    pub async fn may_see(&self, ctx: &Context, action: &'static str, object: &ObjectRef) -> Result<bool, AppError> {
        let Some(record) = self.store().object(&self.port().code, object).await? else { return Ok(false) };
        let row = with_kind!(object.kind.as_ref(), A => {
            ledger::Aggregate::work_row(&self.state_of::<A>(&record)?, &object.id)
        }, else return Ok(false));
        let resource = Resource::of(&object.kind, &object.id, &row, &ctx.principal, &self.port().customs_district);
        Ok(self.rights().require(&ctx.principal, action, &resource).is_ok())
    }

    /// A receipt that anybody can check without this platform.
    ///
    /// # Errors
    /// As [`App::event`]; [`AppError::Internal`] when the ledger is damaged.
    pub async fn receipt(&self, ctx: &Context, id: &str, key: &PublicKey) -> Result<(Receipt, Event), AppError> {
        let stored = self.event(ctx, id).await?;
        let pem = key.to_pem().map_err(|e| AppError::Internal(e.to_string()))?;
        let receipt = store::prove::receipt(self.store().as_ref(), &self.port().code, stored.position, &pem).await?;
        Ok((receipt.ok_or_else(|| AppError::Internal("an event without a head".into()))?, stored.event))
    }

    /// Proof that the ledger of an older size is the beginning of the newest one.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when the older size is 0 or beyond the ledger.
    pub async fn consistency(&self, older: u64) -> Result<(Head, Vec<Hash>), AppError> {
        let head = self.head().await?.ok_or_else(|| AppError::NotFound { kind: "head", id: older.to_string() })?;
        let proof = store::prove::consistency(self.store().as_ref(), &self.port().code, older, head.size).await?;
        let never = || AppError::invalid("ledger-size", "/from", "账本没有这个长度", "the ledger never had this size");
        Ok((head, proof.ok_or_else(never)?))
    }
}
