//! What can be wrong with the terms of a sharing agreement, all of it at once.

use std::collections::BTreeSet;

use codes::{Finding, FindingCode, Text, finding_code as code};
use ledger::Timestamp;

use crate::{Field, FieldKind, Sensitivity, SharingTerms};

/// Most fields of an agreement.
pub const FIELDS_MAX: usize = 64;
/// Shortest purpose, characters.
pub const PURPOSE_LENGTH_MIN: usize = 5;
/// Longest purpose, characters.
pub const PURPOSE_LENGTH_MAX: usize = 500;
/// Longest term, days: three years. A bound of the platform; no source sets one.
pub const TERM_DAYS_MAX: i64 = 3 * 366;
/// Data may reach back so many days before the term: ten years. A bound of the platform; no source sets one.
pub const DATA_DAYS_BACK_MAX: i64 = 10 * 366;
/// Longest time between two files, hours: a week.
pub const FILE_HOURS_MAX: u32 = 168;

/// Every fault code of this room. A code is never reused.
pub const CODES: &[FindingCode] = &[
    code("sharing-parties", "提供方与使用方须为不同单位", "provider and consumer are different organisations"),
    code("sharing-no-fields", "未选择数据项", "no field is asked for"),
    code("sharing-field-unknown", "该数据资源没有此数据项", "the resource has no such field"),
    code("sharing-field-twice", "数据项重复", "a field is asked for twice"),
    code(
        "sharing-field-personal",
        "含个人信息的数据项仅向主管部门提供，其他单位须脱敏",
        "personal fields go to authorities alone; to others masked",
    ),
    code(
        "sharing-field-secret",
        "含商业秘密的数据项仅向主管部门提供，其他单位须脱敏",
        "trade secrets go to authorities alone; to others masked",
    ),
    code("sharing-field-mask", "仅文本数据项可脱敏", "only text can be masked"),
    code("sharing-purpose", "使用目的须为 5 至 500 字", "a purpose has 5 to 500 characters"),
    code("sharing-term", "有效期不正确", "the term is not usable"),
    code("sharing-data-from", "数据起始日不正确", "where the data begin is not usable"),
    code("sharing-file-hours", "文件交付间隔须为 1 至 168 小时", "files come every 1 to 168 hours"),
];

/// What kind of organisation asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsumerKind {
    /// An authority (主管部门).
    Authority,
    /// Anybody else (企业、其他单位).
    Enterprise,
}

/// Everything that is wrong with terms. `fields` are those of the resource.
pub fn check_terms(terms: &SharingTerms, fields: &[Field], consumer: ConsumerKind, at: Timestamp) -> Vec<Finding> {
    let mut found = Vec::new();
    if terms.provider == terms.consumer {
        found.push(fault("sharing-parties", "/resource", "本单位提供的数据无须申请", "data of one's own organisation need no agreement"));
    }
    check_fields(terms, fields, consumer, &mut found);
    if !(PURPOSE_LENGTH_MIN..=PURPOSE_LENGTH_MAX).contains(&terms.purpose.trim().chars().count()) {
        found.push(fault("sharing-purpose", "/purpose", "请写明用于什么工作", "say what the data are used for"));
    }
    let fits = terms.valid_from < terms.valid_to && terms.valid_to > at && terms.valid_to <= terms.valid_from.plus_days(TERM_DAYS_MAX);
    if !fits {
        found.push(fault(
            "sharing-term",
            "/valid_to",
            "有效期须在将来终止，且不超过三年",
            "the term must end in the future and last at most three years",
        ));
    }
    let back = terms.valid_from.plus_days(-DATA_DAYS_BACK_MAX);
    if terms.data_from.is_some_and(|from| from > terms.valid_from || from < back) {
        found.push(fault(
            "sharing-data-from",
            "/data_from",
            "数据起始日不晚于生效日，最早为生效日前十年；不填即自生效日起",
            "the data begin on the first day of the term or before, up to ten years; when left out, on that day",
        ));
    }
    if terms.file.as_ref().is_some_and(|file| !(1..=FILE_HOURS_MAX).contains(&file.every_hours)) {
        found.push(fault("sharing-file-hours", "/file/every_hours", "例如 24 表示每天一次", "24 is once a day"));
    }
    found
}

fn check_fields(terms: &SharingTerms, fields: &[Field], consumer: ConsumerKind, found: &mut Vec<Finding>) {
    if terms.grants.is_empty() || terms.grants.len() > FIELDS_MAX {
        found.push(fault("sharing-no-fields", "/fields", "请选择 1 至 64 个数据项", "choose 1 to 64 fields"));
    }
    let mut seen = BTreeSet::new();
    for (at, grant) in terms.grants.iter().take(FIELDS_MAX).enumerate() {
        let pointer = format!("/fields/{at}");
        if !seen.insert(&grant.field) {
            found.push(fault("sharing-field-twice", &pointer, "请删除重复项", "name it once"));
        }
        let Some(field) = fields.iter().find(|field| field.name == grant.field) else {
            found.push(fault("sharing-field-unknown", &pointer, "请从目录中选择", "choose it from the catalogue"));
            continue;
        };
        if grant.masked && field.kind != FieldKind::Text {
            found.push(fault("sharing-field-mask", &pointer, "请不要脱敏，或不申请该项", "leave it unmasked, or leave it out"));
        }
        if field.sensitivity == Sensitivity::Personal && consumer == ConsumerKind::Enterprise && !grant.masked {
            found.push(fault("sharing-field-personal", &pointer, "请申请脱敏后的数据", "ask for it masked"));
        }
        if field.sensitivity == Sensitivity::TradeSecret && consumer == ConsumerKind::Enterprise && !grant.masked {
            found.push(fault("sharing-field-secret", &pointer, "请申请脱敏后的数据，或不申请该项", "ask for it masked, or leave it out"));
        }
    }
}

fn fault(code: &'static str, pointer: &str, zh: &'static str, en: &'static str) -> Finding {
    let meaning = CODES.iter().find(|known| known.code == code).map_or(("", ""), |known| (known.zh, known.en));
    Finding::error(code, pointer, Text::new(meaning.0, meaning.1), Text::new(zh, en))
}
