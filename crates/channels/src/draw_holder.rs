//! The second holder of the draw (双随机抽查第二持有人), another office behind an address: `fairway draw holder` on a machine of its own (ADR 0007).

use std::time::Duration;

use app::draw::{HolderDay, HolderFault, Part, Question, SecondHolder};
use async_trait::async_trait;
use ledger::Bilingual;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Most bytes of an answer that are read.
const ANSWER_BYTES_MAX: u64 = 4_096;

/// A holder behind an address.
#[derive(Clone, Debug)]
pub struct HttpHolder {
    agent: ureq::Agent,
    url: String,
    key: String,
    name: Bilingual,
}

#[derive(Deserialize)]
struct Day {
    commitment: String,
    seed: Option<String>,
    asked: u64,
}

#[derive(Deserialize)]
struct Given {
    head_size: u64,
    head_root: String,
    part: String,
}

fn hash(hex: &str) -> Result<[u8; 32], HolderFault> {
    hex::decode(hex).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| HolderFault("a hash is not 32 bytes in hex".into()))
}

impl HttpHolder {
    /// A holder at an address, with the key that it gave to this platform.
    pub fn new(url: impl Into<String>, key: String, name: Bilingual, timeout: Duration) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(timeout))
            // A redirect could lead to a host that nobody configured.
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("Fairway")
            .build()
            .into();
        Self { agent, url: url.into().trim_end_matches('/').to_owned(), key, name }
    }

    async fn ask<T: DeserializeOwned + Send + 'static>(&self, path: String, body: Option<String>) -> Result<T, HolderFault> {
        let this = self.clone();
        let asking = tokio::task::spawn_blocking(move || this.request(&path, body));
        let bytes = asking.await.map_err(|e| HolderFault(e.to_string()))??;
        serde_json::from_slice(&bytes).map_err(|e| HolderFault(format!("its answer is not as agreed: {e}")))
    }

    fn request(&self, path: &str, body: Option<String>) -> Result<Vec<u8>, HolderFault> {
        let away = |error: ureq::Error| HolderFault(error.to_string());
        let url = format!("{}/v1/days/{path}", self.url);
        let mut answer = match body {
            Some(body) => self
                .agent
                .post(url)
                .header("Authorization", format!("Bearer {}", self.key))
                .header("Content-Type", "application/json")
                .send(body.as_bytes())
                .map_err(away)?,
            None => self.agent.get(url).call().map_err(away)?,
        };
        if answer.status() != 200 {
            return Err(HolderFault(format!("it answered {}", answer.status())));
        }
        answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec().map_err(away)
    }
}

#[async_trait]
impl SecondHolder for HttpHolder {
    fn name(&self) -> Bilingual {
        self.name.clone()
    }

    async fn day(&self, day: &str) -> Result<HolderDay, HolderFault> {
        let told: Day = self.ask(day.to_owned(), None).await?;
        let seed = told.seed.as_deref().map(hash).transpose()?;
        Ok(HolderDay { commitment: hash(&told.commitment)?, seed, asked: told.asked })
    }

    async fn part(&self, question: &Question) -> Result<Part, HolderFault> {
        let body = serde_json::json!({
            "subject": question.subject, "head_size": question.head_size, "head_root": hex::encode(question.head_root),
        });
        let given: Given = self.ask(format!("{}/parts", question.day), Some(body.to_string())).await?;
        Ok(Part { head_size: given.head_size, head_root: hash(&given.head_root)?, part: hash(&given.part)? })
    }
}
