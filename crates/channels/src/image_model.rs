//! A model beside the platform (外接审图模型): an HTTP service that looks at images, such as one that runs an ONNX model (ADR 0021).
//!
//! | Request | Answer |
//! |---|---|
//! | `GET {url}/model` | `{"name", "version", "figures": {"images", "objects", "hints", "right"}}`; `figures` may be left out |
//! | `POST {url}/analyse`, the file as body, its media type as `Content-Type` | `{"spots": [{"x", "y", "width", "height", "score"}]}`: pixels of the file, score 0 to 1 |
//!
//! With a key, every request carries `Authorization: Bearer …`. Anything but a 200 with such a body is a fault; a fault is recorded as such and
//! keeps nobody from reviewing.

use std::time::Duration;

use app::images::{HintFault, HintFigures, HintModel, ImageHint};
use async_trait::async_trait;
use inspection::{HintSpot, Region};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Most bytes of an answer that are read.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;
/// Longest name or version of a model, characters.
const NAME_MAX: usize = 64;

/// A model behind an address.
#[derive(Clone, Debug)]
pub struct HttpHint {
    url: String,
    key: Option<String>,
    timeout: Duration,
}

#[derive(Deserialize)]
struct Said {
    name: String,
    version: String,
    figures: Option<Figures>,
}

#[derive(Deserialize)]
struct Figures {
    images: u64,
    objects: u64,
    hints: u64,
    right: u64,
}

#[derive(Deserialize)]
struct Found {
    spots: Vec<Spot>,
}

#[derive(Deserialize)]
struct Spot {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
    score: f64,
}

impl HttpHint {
    /// A model at an address, without the slash at the end.
    pub fn new(url: impl Into<String>, key: Option<String>, timeout: Duration) -> Self {
        Self { url: url.into().trim_end_matches('/').to_owned(), key, timeout }
    }

    async fn ask<T: DeserializeOwned + Send + 'static>(&self, path: &str, file: Option<(String, Vec<u8>)>) -> Result<T, HintFault> {
        let (this, url) = (self.clone(), format!("{}/{path}", self.url));
        let asking = tokio::task::spawn_blocking(move || this.request(&url, file));
        let bytes = asking.await.map_err(|e| HintFault::Away(e.to_string()))??;
        serde_json::from_slice(&bytes).map_err(|e| HintFault::Away(format!("the model's answer is not as agreed: {e}")))
    }

    fn request(&self, url: &str, file: Option<(String, Vec<u8>)>) -> Result<Vec<u8>, HintFault> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(self.timeout))
            // A redirect could lead to a host that nobody configured.
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("Fairway")
            .build()
            .into();
        let away = |error: ureq::Error| HintFault::Away(error.to_string());
        let key = self.key.as_ref().map(|key| format!("Bearer {key}"));
        let mut answer = match file {
            Some((media_type, bytes)) => {
                let mut request = agent.post(url).header("Content-Type", media_type);
                if let Some(key) = &key {
                    request = request.header("Authorization", key);
                }
                request.send(&bytes[..]).map_err(away)?
            }
            None => {
                let mut request = agent.get(url);
                if let Some(key) = &key {
                    request = request.header("Authorization", key);
                }
                request.call().map_err(away)?
            }
        };
        if answer.status() != 200 {
            return Err(HintFault::Away(format!("the model answered {}", answer.status())));
        }
        answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec().map_err(away)
    }
}

#[async_trait]
impl ImageHint for HttpHint {
    async fn model(&self) -> Result<HintModel, HintFault> {
        let said: Said = self.ask("model", None).await?;
        let short = |text: &str| text.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect();
        let figures = said.figures.map(|figures| {
            let Figures { images, objects, hints, right } = figures;
            HintFigures { images, objects, hints, right }
        });
        Ok(HintModel { name: short(&said.name), version: short(&said.version), figures, measured_here: false })
    }

    async fn analyse(&self, media_type: &str, bytes: Vec<u8>) -> Result<Vec<HintSpot>, HintFault> {
        let found: Found = self.ask("analyse", Some((media_type.to_owned(), bytes))).await?;
        let spot = |spot: Spot| {
            let Spot { x, y, width, height, score } = spot;
            HintSpot { region: Region { x, y, width, height }, score_per_mille: (score.clamp(0.0, 1.0) * 1_000.0) as u16 }
        };
        Ok(found.spots.into_iter().map(spot).collect())
    }
}
