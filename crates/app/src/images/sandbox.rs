//! The sandbox scanner (沙箱扫描设备) of a demonstration: it sends synthetic images by the same way as a real one.

use inspection::{ImageTask, Region, SandboxTruth};
use ledger::Refusal;
use sha2::{Digest as _, Sha256};

use super::{ReceiveScan, Taken};
use crate::{App, AppError, Context, Done, Principal};

impl App {
    /// Has the sandbox scanner take an image of the box of a task, and sends it in the scanner's name. In a demonstration alone.
    ///
    /// # Errors
    /// [`AppError::NotFound`] outside of a demonstration, or when the task may not be read; [`AppError::Forbidden`]; `scan-no-sandbox` when no sandbox
    /// scanner is registered.
    pub async fn sandbox_scan(&self, ctx: &Context, task: &str) -> Result<Done<Taken>, AppError> {
        let seen = self.view::<ImageTask>(ctx, "scan.receive", task).await?;
        let scanner = self.port().imaging.scanners.iter().find(|scanner| scanner.sandbox).filter(|_| self.port().demo);
        let Some(scanner) = scanner else {
            return Err(AppError::Refused(Refusal::new(
                "scan-no-sandbox",
                "scan.receive",
                ledger::Aggregate::status(&seen.state),
                "没有登记沙箱扫描设备，或不是演示系统。",
                "No sandbox scanner is registered, or this is no demonstration.",
            )));
        };
        let (bytes, sandbox) = picture(task, seen.state.scans.len())?;
        let command = ReceiveScan {
            container: logistics::container_number(&seen.state.ordered.container).to_owned(),
            order: Some(seen.state.ordered.inspection.clone()),
            equipment: scanner.id.clone(),
            taken_at: ctx.at,
            operator: None,
            bytes,
            sandbox: Some(sandbox),
        };
        // The scanner sends it, not the person who asked for it: that person may well review it.
        let principal = Principal { id: scanner.id.clone(), system: true, ..ctx.principal.clone() };
        self.execute(&Context { principal, ..ctx.clone() }, &command).await
    }
}

/// The image of a task: which one it is follows from the task and the number of images that it has, so that the same demonstration looks the same.
fn picture(task: &str, images: usize) -> Result<(Vec<u8>, SandboxTruth), AppError> {
    let hash = Sha256::digest(format!("{task}/{images}"));
    let seed = hash.iter().take(8).fold(0_u64, |seed, byte| seed << 8 | u64::from(*byte));
    let scan = imaging::scan(seed);
    let hidden = scan.hidden.map(|hidden| {
        let imaging::Area { x, y, width, height } = hidden.area;
        Region { x, y, width, height }
    });
    let bytes = scan.picture.to_png().map_err(|e| AppError::Internal(e.to_string()))?;
    Ok((bytes, SandboxTruth { hidden }))
}
