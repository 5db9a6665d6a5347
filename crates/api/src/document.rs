//! The OpenAPI 3.1 document, made from the handlers themselves.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, ResponseBuilder, ServerBuilder};

use crate::problem::{ProblemBody, Refusal};
use crate::routes;
use crate::session::COOKIE;
use crate::wire::{Finding, Severity, Text};

const DESCRIPTION: &str = "The interface of the Fairway port platform 通衢口岸平台接口.\n\n\
Instants are RFC 3339 in UTC. Money is in integer minor units. Texts come in Chinese and English. \
Lists are paged by `cursor` and `limit`. Every `POST` takes an `Idempotency-Key` (1 to 64 visible ASCII characters): the same key \
with the same request is carried out once and answered again with `Idempotency-Replayed: true`; with another request it is refused. \
One object comes with an `ETag`; a `PUT` needs it as `If-Match`. Errors are `application/problem+json` with stable codes. \
People use a session cookie and send `X-Fairway: 1` with every write; systems use `Authorization: Bearer fwk_…`.";

/// Tag of the operations that need no login.
const PUBLIC_TAG: &str = "public";

/// The OpenAPI 3.1 document of the API.
#[must_use]
pub fn openapi() -> OpenApi {
    let (_, mut document) = routes::api().split_for_parts();
    complete(&mut document);
    document
}

/// The document as text, a line for each value and no indent: reviewed line by line, and not larger than it need be.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn openapi_text() -> serde_json::Result<String> {
    let mut text = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(&mut text, serde_json::ser::PrettyFormatter::with_indent(b""));
    serde::Serialize::serialize(&openapi(), &mut writer)?;
    String::from_utf8(text).map_err(serde::ser::Error::custom)
}

/// Adds to every operation what all of them share: the problem answer, and who may ask.
fn complete(document: &mut OpenApi) {
    let problem_ref = Ref::from_schema_name("Problem");
    let problem = ResponseBuilder::new()
        .description("Why it was not carried out")
        .content("application/problem+json", ContentBuilder::new().schema(Some(problem_ref)).build())
        .build();
    let none = std::iter::empty::<String>;
    let either = vec![SecurityRequirement::new("session", none()), SecurityRequirement::new("key", none())];
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let public = operation.tags.iter().flatten().any(|tag| tag == PUBLIC_TAG);
            operation.security = Some(if public { Vec::new() } else { either.clone() });
            operation.responses.responses.entry("default".to_owned()).or_insert_with(|| problem.clone().into());
        }
    }
}

/// The empty document that the routes are added to.
pub(crate) fn frame() -> OpenApi {
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(COOKIE, "Session of a person")));
    let bearer =
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("API key `fwk_{id}_{secret}`")).build());
    let components = utoipa::openapi::ComponentsBuilder::new()
        .security_scheme("session", cookie)
        .security_scheme("key", bearer)
        .schema_from::<ProblemBody>()
        .schema_from::<Refusal>()
        .schema_from::<Finding>()
        .schema_from::<Severity>()
        .schema_from::<Text>()
        .build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Fairway API")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
                .build(),
        )
        .servers(Some([ServerBuilder::new().url("/api/v1").build()]))
        .components(Some(components))
        .build()
}
