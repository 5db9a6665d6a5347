//! Signed heads of the Merkle log (签名树头), and the keys that sign them.
//!
//! Two algorithms: Ed25519 (RFC 8032) and SM2 with SM3 (GB/T 32918.2-2016, GB/T 32905-2016) with the customary signer
//! identity `1234567812345678` of GM/T 0009-2012. Keys are files in PKCS#8 PEM. No clock and no randomness: both are given.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, EncodePublicKey as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sm2::dsa::signature::Verifier as _;

use crate::Timestamp;
use crate::merkle::Hash;

/// Signer identity of SM2 signatures (GM/T 0009-2012).
pub const SM2_SIGNER: &str = "1234567812345678";

/// A signed head of the Merkle log (签名树头). One per group of commits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of leaves.
    pub size: u64,
    /// RFC 9162 root over them, 32 bytes, hex.
    pub root: String,
    /// When it was sealed.
    pub at: Timestamp,
    /// `ed25519` or `sm2-sm3`.
    pub algorithm: String,
    /// Id of the key that signed.
    pub key_id: String,
    /// Signature over `fairway-head-v1\n{port}\n{size}\n{root}\n{at_ms}\n`, base64. SM2: `r` and `s`, 32 bytes each.
    pub signature: String,
}

impl Head {
    /// The text that the signature covers.
    pub fn signed_text(port: &str, size: u64, root: &str, at: Timestamp) -> String {
        format!("fairway-head-v1\n{port}\n{size}\n{root}\n{}\n", at.millis())
    }

    /// The root as bytes; `None` when the text is not one.
    pub fn root_bytes(&self) -> Option<Hash> {
        let mut root = [0; 32];
        // Only the one spelling that is signed: lower case.
        if self.root.bytes().any(|c| c.is_ascii_uppercase()) {
            return None;
        }
        hex::decode_to_slice(&self.root, &mut root).ok().map(|()| root)
    }
}

/// A signature over a text, with what is needed to check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Algorithm, as [`Algorithm::name`] gives it.
    pub algorithm: String,
    /// Id of the key that signed.
    pub key_id: String,
    /// The signature, base64. SM2: `r` and `s`, 32 bytes each.
    pub signature: String,
}

/// Signature algorithm of heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// Ed25519, RFC 8032.
    #[serde(rename = "ed25519")]
    Ed25519,
    /// SM2 with SM3, GB/T 32918.2-2016 (国密).
    #[serde(rename = "sm2-sm3")]
    Sm2Sm3,
}

impl Algorithm {
    /// Stable name, as in [`Head::algorithm`].
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::Sm2Sm3 => "sm2-sm3",
        }
    }
}

/// Why a key or a signature was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The random bytes are no secret key of this curve: take others.
    #[error("these random bytes are not a secret key; take others")]
    Seed,
    /// The text is no PKCS#8 PEM of a key this version knows.
    #[error("not a PEM key of Ed25519 or SM2")]
    Pem,
    /// The key could not be written as PEM.
    #[error("the key cannot be written as PEM")]
    Encode,
    /// The signature could not be made.
    #[error("the head cannot be signed")]
    Sign,
    /// The head names another key.
    #[error("signed by key {found}, not by {expected}")]
    OtherKey {
        /// Id in the head.
        found: String,
        /// Id of the key at hand.
        expected: String,
    },
    /// The head names another algorithm than the key has.
    #[error("the head says {found}, the key is {expected}")]
    OtherAlgorithm {
        /// In the head.
        found: String,
        /// Of the key.
        expected: &'static str,
    },
    /// The signature does not belong to what is signed.
    #[error("the signature does not fit what is signed")]
    Signature,
}

/// A secret key that signs heads.
#[derive(Clone)]
pub struct SigningKey(Secret);

#[derive(Clone)]
enum Secret {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Sm2(Box<sm2::dsa::SigningKey>),
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never the secret.
        f.debug_tuple("SigningKey").field(&self.algorithm()).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// A key from 32 random bytes of the operating system's generator.
    ///
    /// # Errors
    /// [`KeyError::Seed`] when the bytes are no SM2 key (about once in 2^32): take others.
    pub fn generate(algorithm: Algorithm, seed: [u8; 32]) -> Result<Self, KeyError> {
        Ok(Self(match algorithm {
            Algorithm::Ed25519 => Secret::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(&seed))),
            Algorithm::Sm2Sm3 => Secret::Sm2(Box::new(sm2::dsa::SigningKey::from_slice(SM2_SIGNER, &seed).map_err(|_| KeyError::Seed)?)),
        }))
    }

    /// Reads a PKCS#8 PEM private key of either algorithm.
    ///
    /// # Errors
    /// [`KeyError::Pem`] when the text is not one.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        if let Ok(key) = ed25519_dalek::SigningKey::from_pkcs8_pem(pem) {
            return Ok(Self(Secret::Ed25519(Box::new(key))));
        }
        let secret = sm2::SecretKey::from_pkcs8_pem(pem).map_err(|_| KeyError::Pem)?;
        let key = sm2::dsa::SigningKey::new(SM2_SIGNER, &secret).map_err(|_| KeyError::Pem)?;
        Ok(Self(Secret::Sm2(Box::new(key))))
    }

    /// Writes the private key as PKCS#8 PEM. The caller keeps the file readable by its owner alone.
    ///
    /// # Errors
    /// [`KeyError::Encode`] when the encoder fails.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        let pem = match &self.0 {
            Secret::Ed25519(key) => key.to_pkcs8_pem(Default::default()),
            Secret::Sm2(key) => sm2::SecretKey::from(key.as_nonzero_scalar()).to_pkcs8_pem(Default::default()),
        };
        pem.map(|text| text.to_string()).map_err(|_| KeyError::Encode)
    }

    /// Its algorithm.
    pub const fn algorithm(&self) -> Algorithm {
        match self.0 {
            Secret::Ed25519(_) => Algorithm::Ed25519,
            Secret::Sm2(_) => Algorithm::Sm2Sm3,
        }
    }

    /// The key that verifies what this one signs.
    pub fn public(&self) -> PublicKey {
        PublicKey(match &self.0 {
            Secret::Ed25519(key) => Public::Ed25519(Box::new(key.verifying_key())),
            Secret::Sm2(key) => Public::Sm2(Box::new(key.verifying_key().clone())),
        })
    }

    /// Signs the head of a tree.
    ///
    /// # Errors
    /// [`KeyError::Sign`] when no signature exists for this text (never seen for Ed25519; about once in 2^256 for SM2).
    pub fn sign_head(&self, port: &str, size: u64, root: Hash, at: Timestamp) -> Result<Head, KeyError> {
        let root = hex::encode(root);
        let Signature { algorithm, key_id, signature } = self.sign_text(&Head::signed_text(port, size, &root, at))?;
        Ok(Head { size, root, at, algorithm, key_id, signature })
    }

    /// Signs a text. Its first line must name what it is, so that no signature can be taken for one of another kind.
    ///
    /// # Errors
    /// As [`SigningKey::sign_head`].
    pub fn sign_text(&self, text: &str) -> Result<Signature, KeyError> {
        let signature = self.sign(text.as_bytes())?;
        Ok(Signature { algorithm: self.algorithm().name().to_owned(), key_id: self.public().id(), signature })
    }

    /// A detached signature (分离签名) over bytes, base64. SM2: `r` and `s`, 32 bytes each.
    ///
    /// # Errors
    /// As [`SigningKey::sign_head`].
    pub fn sign(&self, bytes: &[u8]) -> Result<String, KeyError> {
        Ok(match &self.0 {
            Secret::Ed25519(key) => BASE64.encode(key.sign(bytes).to_bytes()),
            Secret::Sm2(key) => {
                let made: sm2::dsa::Signature = sm2::dsa::signature::Signer::try_sign(key.as_ref(), bytes).map_err(|_| KeyError::Sign)?;
                BASE64.encode(made.to_bytes())
            }
        })
    }
}

/// A public key that verifies heads.
#[derive(Clone, Debug)]
pub struct PublicKey(Public);

#[derive(Clone, Debug)]
enum Public {
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
    Sm2(Box<sm2::dsa::VerifyingKey>),
}

impl PublicKey {
    /// Reads a PEM public key (SubjectPublicKeyInfo) of either algorithm.
    ///
    /// # Errors
    /// [`KeyError::Pem`] when the text is not one.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        if let Ok(key) = ed25519_dalek::VerifyingKey::from_public_key_pem(pem) {
            return Ok(Self(Public::Ed25519(Box::new(key))));
        }
        let key = sm2::PublicKey::from_public_key_pem(pem).map_err(|_| KeyError::Pem)?;
        Ok(Self(Public::Sm2(Box::new(sm2::dsa::VerifyingKey::new(SM2_SIGNER, key).map_err(|_| KeyError::Pem)?))))
    }

    /// Writes the public key as PEM (SubjectPublicKeyInfo).
    ///
    /// # Errors
    /// [`KeyError::Encode`] when the encoder fails.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        match &self.0 {
            Public::Ed25519(key) => key.to_public_key_pem(Default::default()),
            Public::Sm2(key) => sm2::PublicKey::from(key.as_ref()).to_public_key_pem(Default::default()),
        }
        .map_err(|_| KeyError::Encode)
    }

    /// Its algorithm.
    pub const fn algorithm(&self) -> Algorithm {
        match self.0 {
            Public::Ed25519(_) => Algorithm::Ed25519,
            Public::Sm2(_) => Algorithm::Sm2Sm3,
        }
    }

    /// The first 16 hex digits of the SHA-256 of the public key (Ed25519: its 32 bytes; SM2: the uncompressed point, 65 bytes).
    pub fn id(&self) -> String {
        let digest = match &self.0 {
            Public::Ed25519(key) => Sha256::digest(key.as_bytes()),
            Public::Sm2(key) => Sha256::digest(key.to_sec1_bytes()),
        };
        hex::encode(&digest[..8])
    }

    /// Is this head of this port signed by this key?
    ///
    /// # Errors
    /// [`KeyError`] saying what does not fit.
    pub fn verify_head(&self, port: &str, head: &Head) -> Result<(), KeyError> {
        let text = Head::signed_text(port, head.size, &head.root, head.at);
        let Head { algorithm, key_id, signature, .. } = head.clone();
        self.verify_text(&text, &Signature { algorithm, key_id, signature })
    }

    /// Is this text signed by this key?
    ///
    /// # Errors
    /// [`KeyError`] saying what does not fit.
    pub fn verify_text(&self, text: &str, signed: &Signature) -> Result<(), KeyError> {
        let expected = self.id();
        if signed.algorithm != self.algorithm().name() {
            return Err(KeyError::OtherAlgorithm { found: signed.algorithm.clone(), expected: self.algorithm().name() });
        }
        if signed.key_id != expected {
            return Err(KeyError::OtherKey { found: signed.key_id.clone(), expected });
        }
        self.verify(text.as_bytes(), &signed.signature)
    }

    /// Is this detached signature (base64) over these bytes made by the key that belongs to this one?
    ///
    /// # Errors
    /// [`KeyError::Signature`] when it is not.
    pub fn verify(&self, signed: &[u8], signature: &str) -> Result<(), KeyError> {
        let bytes = BASE64.decode(signature).map_err(|_| KeyError::Signature)?;
        let good = match &self.0 {
            Public::Ed25519(key) => {
                ed25519_dalek::Signature::from_slice(&bytes).is_ok_and(|signature| key.verify_strict(signed, &signature).is_ok())
            }
            Public::Sm2(key) => sm2::dsa::Signature::from_slice(&bytes).is_ok_and(|signature| key.verify(signed, &signature).is_ok()),
        };
        if good { Ok(()) } else { Err(KeyError::Signature) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Algorithm; 2] = [Algorithm::Ed25519, Algorithm::Sm2Sm3];

    #[test]
    fn a_signed_head_verifies_and_no_altered_one_does() {
        for algorithm in BOTH {
            let key = SigningKey::generate(algorithm, [7; 32]).expect("key");
            let head = key.sign_head("CNXXX", 42, [9; 32], Timestamp::from_millis(1_000)).expect("head");
            let public = key.public();
            assert_eq!(public.verify_head("CNXXX", &head), Ok(()));
            assert_eq!(public.verify_head("CNYYY", &head), Err(KeyError::Signature));
            for altered in [
                Head { size: 43, ..head.clone() },
                Head { root: hex::encode([8; 32]), ..head.clone() },
                Head { at: Timestamp::from_millis(1_001), ..head.clone() },
                Head { signature: BASE64.encode([1; 64]), ..head.clone() },
                Head { signature: "?".into(), ..head.clone() },
            ] {
                assert_eq!(public.verify_head("CNXXX", &altered), Err(KeyError::Signature), "{algorithm:?}");
            }
            let other = SigningKey::generate(algorithm, [8; 32]).expect("key").public();
            assert!(matches!(other.verify_head("CNXXX", &head), Err(KeyError::OtherKey { .. })));
        }
    }

    #[test]
    fn keys_survive_their_files() {
        for algorithm in BOTH {
            let key = SigningKey::generate(algorithm, [3; 32]).expect("key");
            let again = SigningKey::from_pem(&key.to_pem().expect("pem")).expect("key");
            assert_eq!(again.algorithm(), algorithm);
            assert_eq!(again.public().id(), key.public().id());
            let head = again.sign_head("CNXXX", 1, [1; 32], Timestamp::default()).expect("head");
            let public = PublicKey::from_pem(&key.public().to_pem().expect("pem")).expect("public");
            assert_eq!(public.verify_head("CNXXX", &head), Ok(()));
            assert_eq!(public.id().len(), 16);
        }
        assert_eq!(SigningKey::from_pem("no key").err(), Some(KeyError::Pem));
        assert_eq!(PublicKey::from_pem("no key").err(), Some(KeyError::Pem));
        assert_eq!(SigningKey::generate(Algorithm::Sm2Sm3, [0; 32]).err(), Some(KeyError::Seed));
    }

    #[test]
    fn the_signed_text_is_fixed_for_ever() {
        assert_eq!(Head::signed_text("CNXXX", 5, "ab", Timestamp::from_millis(17)), "fairway-head-v1\nCNXXX\n5\nab\n17\n");
    }
}
