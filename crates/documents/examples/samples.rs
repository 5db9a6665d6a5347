//! Writes one of each document into a folder, to be looked at: `cargo run -p documents --example samples -- FOLDER`.

use std::path::PathBuf;

use documents::{FontSource, Lang};

#[path = "../tests/samples/mod.rs"]
mod samples;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: samples FOLDER")?);
    std::fs::create_dir_all(&folder)?;
    let fonts = FontSource::System.load()?;
    for (lang, suffix) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        let files = [
            ("delivery-order", documents::delivery_order(&samples::order(), lang, &fonts)?),
            ("equipment-receipt", documents::equipment_receipt(&samples::receipt(), lang, &fonts)?),
            ("ledger-receipt", documents::ledger_receipt(&samples::proof(), lang, &fonts)?),
            ("release-notice", documents::release_notice(&samples::release(), lang, &fonts)?),
            ("agency-agreement", documents::agency_agreement(&samples::agency(), lang, &fonts)?),
            ("duty-notice", documents::duty_notice(&samples::duty(), lang, &fonts)?),
            ("sample-label", documents::sample_label(&samples::label(), lang, &fonts)?),
            ("daily-report", documents::daily_report(&samples::daily(), lang, &fonts)?),
        ];
        for (name, bytes) in files {
            std::fs::write(folder.join(format!("{name}.{suffix}.pdf")), bytes)?;
        }
    }
    Ok(())
}
