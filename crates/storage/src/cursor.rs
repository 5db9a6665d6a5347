//! Opaque cursors: base64url of a JSON pair of a list's tag and the key of the last row given.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::StoreError;

/// Longest cursor that is looked at, in bytes.
const CURSOR_BYTES_MAX: usize = 1_024;

/// A cursor of a list.
pub(crate) fn encode<T: Serialize>(list: &str, key: &T) -> Option<String> {
    serde_json::to_vec(&(list, key)).ok().map(|json| URL_SAFE_NO_PAD.encode(json))
}

/// Reads a cursor of a list.
pub(crate) fn decode<T: DeserializeOwned>(list: &str, cursor: Option<&str>) -> Result<Option<T>, StoreError> {
    let Some(text) = cursor else { return Ok(None) };
    if text.len() > CURSOR_BYTES_MAX {
        return Err(StoreError::Cursor);
    }
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| StoreError::Cursor)?;
    let (tag, key): (String, T) = serde_json::from_slice(&json).map_err(|_| StoreError::Cursor)?;
    if tag == list { Ok(Some(key)) } else { Err(StoreError::Cursor) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_fits_its_own_list_alone() {
        let made = encode("work", &(5i64, 6i64)).expect("cursor");
        assert_eq!(decode::<(i64, i64)>("work", Some(&made)).expect("key"), Some((5, 6)));
        assert_eq!(decode::<(i64, i64)>("work", None).expect("none"), None);
        for bad in [made.as_str(), "%", "", &"a".repeat(2_000)] {
            assert!(matches!(decode::<(i64, i64)>("audit", Some(bad)), Err(StoreError::Cursor)), "{bad}");
        }
    }
}
