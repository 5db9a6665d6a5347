//! Passwords: argon2id, on the blocking pool, never more than a few at once.

use std::sync::LazyLock;

use app::directory::{Organisation, User, WriteOrganisation, WriteUser};
use app::{App, AppError, Context, Role};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use ledger::Bilingual;

use crate::problem::Problem;
use crate::state::Api;

/// Shortest password.
pub(crate) const PASSWORD_LENGTH_MIN: usize = 10;
/// Longest password, bytes: hashing more is only a way to keep the server busy.
pub(crate) const PASSWORD_BYTES_MAX: usize = 256;
/// Bytes of salt.
const SALT_BYTES: usize = 16;
/// Organisation of the first administrator.
const OPERATOR: &str = "operator";

/// Checked against when there is no such user, so that the answer takes the same time.
static NOBODY: LazyLock<String> = LazyLock::new(|| phc(b"nobody has this password", [7; SALT_BYTES]).unwrap_or_default());

/// Why there is no first administrator.
#[derive(Debug, thiserror::Error)]
pub enum FirstAdministratorError {
    /// The password is too short or too long.
    #[error("a password has {PASSWORD_LENGTH_MIN} characters or more and {PASSWORD_BYTES_MAX} bytes or fewer")]
    Password,
    /// It could not be stored.
    #[error(transparent)]
    App(#[from] AppError),
}

fn phc(password: &[u8], salt: [u8; SALT_BYTES]) -> Result<String, AppError> {
    let hash: argon2::password_hash::phc::PasswordHash =
        Argon2::default().hash_password_with_salt(password, &salt).map_err(|e| AppError::Internal(format!("argon2: {e}")))?;
    Ok(hash.to_string())
}

fn fits(password: &str) -> bool {
    password.chars().count() >= PASSWORD_LENGTH_MIN && password.len() <= PASSWORD_BYTES_MAX
}

/// The PHC string of a password (argon2id with a random salt). Takes tens of milliseconds: not for the thread of a request.
///
/// # Errors
/// [`AppError::Internal`] when argon2 cannot work, which its parameters rule out.
pub fn hash_password(app: &App, password: &str) -> Result<String, AppError> {
    phc(password.as_bytes(), app.random())
}

/// Hashes a password that a person chose.
pub(crate) async fn chosen(api: &Api, password: String) -> Result<String, Problem> {
    if !fits(&password) {
        return Err(AppError::invalid(
            "password-length",
            "/password",
            format!("密码至少 {PASSWORD_LENGTH_MIN} 个字符"),
            format!("a password has at least {PASSWORD_LENGTH_MIN} characters"),
        )
        .into());
    }
    let salt = api.app.random();
    blocking(api, move || phc(password.as_bytes(), salt)).await?.map_err(Problem::from)
}

/// Is this the password behind a PHC string? Takes as long when there is none.
pub(crate) async fn matches(api: &Api, known: Option<String>, password: String) -> Result<bool, Problem> {
    blocking(api, move || {
        let (text, real) = known.map_or_else(|| (NOBODY.clone(), false), |text| (text, true));
        let same = PasswordHash::new(&text).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        same && real
    })
    .await
}

async fn blocking<T: Send + 'static>(api: &Api, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let _turn = api.password_checks.acquire().await.map_err(|e| Problem::internal(&e))?;
    tokio::task::spawn_blocking(work).await.map_err(|e| Problem::internal(&e))
}

/// Makes the first administrator, unless the user exists already.
///
/// # Errors
/// When the password does not fit or the store does not take it.
pub async fn first_administrator(app: &App, user: &str, password: &str) -> Result<(), FirstAdministratorError> {
    if app.user(user).await?.is_some() {
        return Ok(());
    }
    if !fits(password) {
        return Err(FirstAdministratorError::Password);
    }
    let ctx = Context::platform(app.now(), "first-administrator");
    if app.organisation(OPERATOR).await?.is_none() {
        let organisation = Organisation {
            id: OPERATOR.into(),
            name: Bilingual::new("平台运营", "Platform operator"),
            role: Role::Admin,
            uscc: None,
            district: None,
            edi_id: None,
        };
        app.execute(&ctx, &WriteOrganisation { organisation, expected_version: 0 }).await?;
    }
    let record = User {
        id: user.into(),
        name: Bilingual::new("管理员", "Administrator"),
        organisation: OPERATOR.into(),
        password: Some(hash_password(app, password)?),
        disabled: false,
        officer: None,
    };
    app.execute(&ctx, &WriteUser { user: record, expected_version: 0 }).await?;
    Ok(())
}
