//! HTTP push: a message is posted to the partner's address with a signature over time and content.

use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Header that carries the signature.
pub const SIGNATURE_HEADER: &str = "Fairway-Signature";
/// Most bytes of an answer that are read.
const ANSWER_BYTES_MAX: u64 = 4 * 1024;

/// `t=<Unix seconds>,v1=<hex>`: HMAC-SHA256 over the seconds, a full stop and the content, with the partner's secret as key. The receiver
/// makes the same and refuses what is older than a few minutes.
pub fn signature(secret: &str, unix_seconds: i64, content: &[u8]) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(unix_seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(content);
    format!("t={unix_seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}

/// What is posted.
pub(crate) struct Parcel {
    pub url: String,
    pub secret: String,
    pub unix_seconds: i64,
    pub id: String,
    pub kind: String,
    pub bytes: Vec<u8>,
}

fn agent(timeout: Duration) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        // A redirect could lead to a host that is not listed.
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent("Fairway")
        .build()
        .into()
}

/// Posts a message. Anything but a 2xx answer is a fault.
pub(crate) async fn post(parcel: Parcel, timeout: Duration) -> Result<(), String> {
    let sending = tokio::task::spawn_blocking(move || {
        let signature = signature(&parcel.secret, parcel.unix_seconds, &parcel.bytes);
        let answer = agent(timeout)
            .post(&parcel.url)
            .header("Content-Type", app::inbox::media_type(&parcel.bytes))
            .header("Idempotency-Key", &parcel.id)
            .header("Fairway-Message", &parcel.id)
            .header("Fairway-Type", &parcel.kind)
            .header(SIGNATURE_HEADER, &signature)
            .send(&parcel.bytes[..]);
        match answer {
            Ok(mut answer) if answer.status().is_success() => {
                // Read to its end, so that the partner sees it taken; what it says does not matter.
                let _ = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
                Ok(())
            }
            Ok(answer) => Err(format!("the partner answered {}", answer.status())),
            Err(error) => Err(error.to_string()),
        }
    });
    tokio::time::timeout(timeout + Duration::from_secs(1), sending)
        .await
        .map_err(|_| "the partner did not answer in time".to_owned())?
        .map_err(|error| error.to_string())?
}

/// Asks the address what it takes; any answer shows that it is there.
pub(crate) async fn test(url: String, timeout: Duration) -> Result<(), String> {
    let asking = tokio::task::spawn_blocking(move || agent(timeout).options(&url).call().map(|_| ()).map_err(|error| error.to_string()));
    asking.await.map_err(|error| error.to_string())?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with `printf '1700000000.UNB' | openssl dgst -sha256 -hmac secret`.
    #[test]
    fn the_signature_is_the_one_that_openssl_makes() {
        let expected = "t=1700000000,v1=203a7f31039f5318dd2d7751b8a69b5cba2a37c3a3a62baf366eb17cd306202c";
        assert_eq!(signature("secret", 1_700_000_000, b"UNB"), expected);
        assert_ne!(signature("secret", 1_700_000_001, b"UNB"), expected);
        assert_ne!(signature("other", 1_700_000_000, b"UNB"), expected);
    }
}
