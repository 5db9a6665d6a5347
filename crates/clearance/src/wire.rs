//! The form under its official names (单一窗口报文字段名), misspellings kept, for exports to the national window.

use std::collections::BTreeMap;

use crate::{Charge, DeclarationForm, FieldRule, FormContainer, GOODS_FIELDS, GoodsItem, HEADER_FIELDS};

/// A flat table of official names and values.
type Names = BTreeMap<&'static str, String>;

/// The form under official names.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct OfficialForm {
    /// `DecHead`.
    #[serde(rename = "DecHead")]
    pub head: Names,
    /// `DecLists`.
    #[serde(rename = "DecLists")]
    pub lists: Vec<Names>,
    /// `DecContainers`.
    #[serde(rename = "DecContainers")]
    pub containers: Vec<Names>,
    /// `EdocRealation` (official spelling).
    #[serde(rename = "EdocRealation")]
    pub edocs: Vec<Names>,
}

/// The form under its official names. Empty values are left out.
///
/// On export the wire field `OriginCountry` carries the country of destination and `DestinationCountry` the origin; on import
/// both mean what they say. The swap is done here and nowhere else.
pub fn official_json(form: &DeclarationForm) -> OfficialForm {
    let mut head = named(form, HEADER_FIELDS);
    for (charge, names) in [
        (&form.fee, ["FeeMark", "FeeRate", "FeeCurr"]),
        (&form.insur, ["InsurMark", "InsurRate", "InsurCurr"]),
        (&form.other, ["OtherMark", "OtherRate", "OtherCurr"]),
    ] {
        head.extend(charge_names(charge, names));
    }
    let export = form.ie_flag == "E";
    let edocs = form.documents.iter().map(|document| {
        let size = document.size.to_string();
        filled([("EdocCode", document.edoc_code.as_str()), ("EdocCopId", &document.name), ("EdocSize", &size), ("EdocFomatType", "US")])
    });
    OfficialForm {
        head,
        lists: form.goods.iter().map(|item| goods(item, export)).collect(),
        containers: form.containers.iter().map(container).collect(),
        edocs: edocs.collect(),
    }
}

fn named<T>(form: &T, rules: &[FieldRule<T>]) -> Names {
    filled(rules.iter().map(|rule| (rule.official, (rule.get)(form))))
}

fn filled<'a>(pairs: impl IntoIterator<Item = (&'static str, &'a str)>) -> Names {
    pairs.into_iter().filter(|(_, value)| !value.trim().is_empty()).map(|(name, value)| (name, value.to_owned())).collect()
}

fn charge_names(charge: &Charge, [mark, rate, curr]: [&'static str; 3]) -> Names {
    filled([(mark, charge.mark.as_str()), (rate, &charge.rate), (curr, &charge.curr)])
}

fn goods(item: &GoodsItem, export: bool) -> Names {
    let mut names = named(item, GOODS_FIELDS);
    if export {
        names.extend(filled([("OriginCountry", item.destination_country.as_str()), ("DestinationCountry", &item.origin_country)]));
    }
    names
}

fn container(container: &FormContainer) -> Names {
    filled([
        ("ContainerId", container.container_id.as_str()),
        ("ContainerMd", &container.container_md),
        ("GoodsNo", &container.goods_no),
        ("LclFlag", &container.lcl_flag),
    ])
}
