//! Papers that traders attach (随附单据): small PDF files that say what they stand for.

use app::declarations::KeepAttachment;
use app::inbox::sha256_hex;
use app::{App, Context};
use clearance::FormDocument;

use crate::SimulationError;
use crate::cast::Part;

/// Kinds of papers that the shipped decision table asks for (EdocCode), with a file name.
const KINDS: [(&str, &str); 4] =
    [("00000001", "commercial-invoice"), ("00000002", "packing-list"), ("00000003", "bill-of-lading"), ("00000004", "contract")];

/// Uploads the papers of a trader, as the trader.
pub(crate) async fn upload(app: &App, ctx: &Context, part: &Part) -> Result<(), SimulationError> {
    let own = Context { principal: part.principal(app, part.person(), false), idempotency: None, ..ctx.clone() };
    for (_, name) in KINDS {
        let command = KeepAttachment { media_type: "application/pdf".into(), bytes: pdf(part.en, name) };
        app.execute(&own, &command).await.map_err(SimulationError::platform("attachment.write"))?;
    }
    Ok(())
}

/// The papers of a trader as a declaration names them.
pub(crate) fn documents(part: &Part) -> Vec<FormDocument> {
    KINDS
        .iter()
        .map(|(code, name)| {
            let bytes = pdf(part.en, name);
            FormDocument {
                edoc_code: (*code).to_owned(),
                name: format!("{name}.pdf"),
                sha256: sha256_hex(&bytes),
                size: bytes.len() as u64,
            }
        })
        .collect()
}

/// A one-page PDF 1.4 with three lines of ASCII text.
pub(crate) fn pdf(owner: &str, what: &str) -> Vec<u8> {
    let text =
        format!("BT /F1 20 Tf 60 760 Td (SYNTHETIC {what}) Tj 0 -30 Td ({owner}) Tj 0 -30 Td (demonstration data, no legal effect) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let table = file.len();
    file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for offset in offsets {
        file.push_str(&format!("{offset:010} 00000 n \n"));
    }
    file.push_str(&format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1));
    file.into_bytes()
}
