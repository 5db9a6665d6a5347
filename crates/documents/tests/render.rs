//! The printed documents, read back by a program that knows nothing of how they were made.

use std::collections::BTreeSet;

use documents::*;
use lopdf::content::Content;
use lopdf::{Document, Object};

mod samples;

fn fonts() -> Fonts {
    FontSource::System.load().expect("a Chinese font; on Debian: apt-get install fonts-wqy-microhei")
}

fn all(lang: Lang, fonts: &Fonts) -> Vec<(&'static str, String, Vec<u8>)> {
    let url = |head: &DocumentHead| head.verification.url.clone();
    let (order, receipt, proof, release, duty) =
        (samples::order(), samples::receipt(), samples::proof(), samples::release(), samples::duty());
    vec![
        ("delivery order", url(&order.head), delivery_order(&order, lang, fonts).expect("printed")),
        ("equipment receipt", url(&receipt.head), equipment_receipt(&receipt, lang, fonts).expect("printed")),
        ("ledger receipt", url(&proof.head), ledger_receipt(&proof, lang, fonts).expect("printed")),
        ("release notice", url(&release.head), release_notice(&release, lang, fonts).expect("printed")),
        ("duty notice", url(&duty.head), duty_notice(&duty, lang, fonts).expect("printed")),
        ("daily report", url(&samples::daily().head), daily_report(&samples::daily(), lang, fonts).expect("printed")),
        ("sample label", url(&samples::label().head), sample_label(&samples::label(), lang, fonts).expect("printed")),
        ("agency agreement", url(&samples::agency().head), agency_agreement(&samples::agency(), lang, fonts).expect("printed")),
    ]
}

/// The text of all pages without spaces and line ends, so that wrapping does not matter.
fn text(bytes: &[u8]) -> String {
    let document = Document::load_mem(bytes).expect("a PDF file");
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    document.extract_text(&pages).expect("text").chars().filter(|letter| !letter.is_whitespace()).collect()
}

fn pages(bytes: &[u8]) -> usize {
    Document::load_mem(bytes).expect("a PDF file").get_pages().len()
}

fn contains(bytes: &[u8], expected: &[&str]) {
    let text = text(bytes);
    for wanted in expected {
        let wanted: String = wanted.chars().filter(|letter| !letter.is_whitespace()).collect();
        assert!(text.contains(&wanted), "{wanted:?} is not in {text}");
    }
}

#[test]
fn every_document_is_one_archivable_page_with_its_font_inside() {
    let fonts = fonts();
    for lang in [Lang::Zh, Lang::En] {
        for (name, _, bytes) in all(lang, &fonts) {
            assert!(bytes.starts_with(b"%PDF-1."), "{name}");
            assert_eq!(pages(&bytes), 1, "{name} in {lang:?}");
            let raw = String::from_utf8_lossy(&bytes);
            assert!(raw.contains("<pdfaid:part>2</pdfaid:part>") && raw.contains("<pdfaid:conformance>B</pdfaid:conformance>"), "{name}");

            let document = Document::load_mem(&bytes).expect("a PDF file");
            let mut descriptors = 0;
            for object in document.objects.values() {
                let Object::Dictionary(dictionary) = object else { continue };
                if dictionary.get(b"Type").and_then(Object::as_name).is_ok_and(|kind| kind == b"FontDescriptor") {
                    descriptors += 1;
                    assert!(dictionary.has(b"FontFile2") || dictionary.has(b"FontFile3"), "{name}: a font is not embedded");
                }
            }
            assert!(descriptors > 0, "{name} has no font");
            assert!(bytes.len() < 200_000, "{name} has {} bytes: the font was not cut down", bytes.len());
        }
    }
}

#[test]
fn the_same_document_is_the_same_file() {
    let (one, other) = (fonts(), fonts());
    for (first, second) in all(Lang::Zh, &one).into_iter().zip(all(Lang::Zh, &other)) {
        assert!(first.2 == second.2, "{} differs between two prints", first.0);
    }
}

#[test]
fn the_delivery_order_says_what_may_be_picked_up_by_whom_and_once() {
    let fonts = fonts();
    let bytes = delivery_order(&samples::order(), Lang::Zh, &fonts).expect("printed");
    contains(
        &bytes,
        &[
            "提货单",
            "DELIVERY ORDER",
            "DO-2026-112200017",
            "有效",
            "NSTR26110098821",
            "NORTHSTAR HARMONY",
            "0247E",
            "2026-11-20 06:40",
            "明州冷链进出口有限公司",
            "甬畅报关物流有限公司",
            "91330201MA1111111Y",
            "CSQU3054383",
            "45R1",
            "NL884120",
            "24,512.5",
            "2026-11-29 23:59",
            "WHEY PROTEIN CONCENTRATE 80 %",
            "58.4",
            "已放行",
            "310120261000458213",
            "已付",
            "CNY 1,850.00",
            "PAY-20261122-7731",
            "本单仅限提货一次",
            "Single use",
            "K7QM-29XT-04HP",
            "第 1 页 / 共 1 页",
            "0193520c-8a1e-7b3c-9d2f-5a6b7c8d9e0f #48213",
            "UTC+08:00",
        ],
    );
    let english = delivery_order(&samples::order(), Lang::En, &fonts).expect("printed");
    contains(&english, &["Delivery order", "In force", "Page 1 of 1", "Holder of the order", "提货权持有人"]);
}

#[test]
fn a_used_or_withdrawn_order_says_so() {
    let fonts = fonts();
    let at = samples::at("2026-11-22T16:42");
    let redeemed = DeliveryOrderDoc { usage: DeliveryOrderUse::Redeemed { at }, ..samples::order() };
    let bytes = delivery_order(&redeemed, Lang::Zh, &fonts).expect("printed");
    contains(&bytes, &["已提货", "提货时间", "2026-11-22 16:42"]);
    assert!(!text(&bytes).contains("未使用"));
    let revoked = DeliveryOrderDoc { usage: DeliveryOrderUse::Revoked { at }, ..samples::order() };
    contains(&delivery_order(&revoked, Lang::Zh, &fonts).expect("printed"), &["已撤销", "撤销时间"]);
    let blocked = DeliveryOrderDoc {
        customs: CustomsState::Pending,
        charges: ChargeState::Outstanding { amount: Amount::cny(185_000) },
        ..samples::order()
    };
    contains(&delivery_order(&blocked, Lang::Zh, &fonts).expect("printed"), &["未放行", "未付 outstanding CNY 1,850.00"]);
}

#[test]
fn only_a_demonstration_is_marked_as_one() {
    let fonts = fonts();
    let mut order = samples::order();
    assert!(
        text(&delivery_order(&order, Lang::Zh, &fonts).expect("printed")).matches("DEMO").count() >= 4,
        "watermarks and the mark at the top"
    );
    order.head.standing = Standing::Effective;
    let real = text(&delivery_order(&order, Lang::Zh, &fonts).expect("printed"));
    assert!(!real.contains("DEMO") && !real.contains("演示"), "{real}");
}

#[test]
fn the_interchange_receipt_states_condition_and_both_hands() {
    let bytes = equipment_receipt(&samples::receipt(), Lang::Zh, &fonts()).expect("printed");
    contains(
        &bytes,
        &[
            "设备交接单",
            "提重",
            "出场",
            "CSQU3054383",
            "-18.0 °C",
            "4,580",
            "34,000",
            "浙B·0C123挂",
            "王**",
            "138****0000",
            "2026-11-22 16:42",
            "残损 DT",
            "残损 CU",
            "LT2N",
            "PAA",
            "CU 割伤",
            "ST 整形",
            "上一用箱人",
            "照片 2",
            "未检",
            "交箱方",
            "接箱方",
            "司机手机确认",
        ],
    );
    assert!(DamageType::ALL.into_iter().all(|kind| DamageType::from_code(kind.code()) == Some(kind)));
    assert_eq!(DamageType::from_code("XX"), None);
    let sound = EquipmentReceiptDoc { damages: vec![], ..samples::receipt() };
    contains(&equipment_receipt(&sound, Lang::Zh, &fonts()).expect("printed"), &["残损清单 Damages", "无 none"]);
}

#[test]
fn the_ledger_receipt_carries_the_whole_proof() {
    let doc = samples::proof();
    let bytes = ledger_receipt(&doc, Lang::Zh, &fonts()).expect("printed");
    let mut wanted = vec![
        doc.event_id.as_str(),
        "container.gated-out",
        "48,213",
        "50,000",
        &doc.leaf_hash,
        &doc.root_hash,
        &doc.signature.signature,
        "Ed25519",
        "RFC 9162",
    ];
    wanted.extend(doc.path.iter().map(String::as_str));
    contains(&bytes, &wanted);
}

#[test]
fn the_release_notice_separates_leaving_from_using() {
    let fonts = fonts();
    contains(
        &release_notice(&samples::release(), Lang::Zh, &fonts).expect("printed"),
        &[
            "海关放行通知书",
            "查验放行",
            "310120261000458213",
            "2026-11-22 11:20",
            "0202300090",
            "CBHU3202732 22G1",
            "不得销售、使用",
            "2,144",
            "42,712.5",
        ],
    );
    let free = ReleaseNoticeDoc { access: TwoStageAccess::LeaveAndUse, basis: ReleaseBasis::Paperless, ..samples::release() };
    contains(&release_notice(&free, Lang::Zh, &fonts).expect("printed"), &["无纸放行", "准予销售使用"]);
}

#[test]
fn the_agency_agreement_names_both_sides_its_scope_and_who_signed() {
    let fonts = fonts();
    contains(
        &agency_agreement(&samples::agency(), Lang::Zh, &fonts).expect("printed"),
        &[
            "电子代理委托书",
            "已生效",
            "明州冷链进出口有限公司",
            "91330201MA1111111Y",
            "代理换单",
            "NSTR26110098821",
            "2026-12-21",
            "王示范",
            "2026-11-22 09:30",
        ],
    );
    let ended =
        AgencyAgreementDoc { standing: AgencyStanding::Ended, bill: None, reason: Some("合作终止".into()), ..samples::agency() };
    contains(&agency_agreement(&ended, Lang::Zh, &fonts).expect("printed"), &["已终止", "委托方的全部提运单", "合作终止"]);
}

#[test]
fn the_duty_notice_states_the_sum_in_figures_and_words() {
    let fonts = fonts();
    contains(
        &duty_notice(&samples::duty(), Lang::Zh, &fonts).expect("printed"),
        &[
            "税款缴款通知",
            "待缴款",
            "CNY 366,093.60",
            "叁拾陆万陆仟零玖拾叁圆陆角整",
            "2026-12-07 23:59",
            "CNY 984,500.00",
            "13 %",
            "0000 0000 0000 1234",
        ],
    );
    let paid =
        DutyNoticeDoc { state: DutyState::Paid { at: samples::at("2026-11-22T10:00"), reference: "TX-9".into() }, ..samples::duty() };
    contains(&duty_notice(&paid, Lang::Zh, &fonts).expect("printed"), &["已缴款", "2026-11-22 10:00", "TX-9"]);
}

/// Draws the black boxes of the first page on a raster and reads it as a camera would.
#[test]
fn the_code_on_the_page_leads_to_the_verification_address() {
    const SCALE: f32 = 4.0;
    let (width, height) = (2400usize, 3400usize);
    for (name, url, bytes) in all(Lang::Zh, &fonts()) {
        let document = Document::load_mem(&bytes).expect("a PDF file");
        let page = *document.get_pages().values().next().expect("a page");
        let content = Content::decode(&document.get_page_content(page)).expect("operators");
        let mut raster = vec![255u8; width * height];
        let (mut points, mut boxes, mut black) = (Vec::new(), Vec::new(), false);
        for operation in &content.operations {
            let numbers: Vec<f32> = operation.operands.iter().filter_map(|operand| operand.as_float().ok()).collect();
            match operation.operator.as_str() {
                "scn" => black = numbers == [0.0, 0.0, 0.0],
                "m" => points = vec![(numbers[0], numbers[1])],
                "l" => points.push((numbers[0], numbers[1])),
                "h" => boxes.push(std::mem::take(&mut points)),
                "f" => {
                    for corners in boxes.drain(..).filter(|_| black) {
                        let edge = |pick: fn(&(f32, f32)) -> f32| {
                            let all = corners.iter().map(pick);
                            (
                                (all.clone().fold(f32::MAX, f32::min) * SCALE).round() as usize,
                                (all.fold(0.0, f32::max) * SCALE).round() as usize,
                            )
                        };
                        let ((left, right), (top, bottom)) = (edge(|corner| corner.0), edge(|corner| corner.1));
                        for y in top..bottom {
                            raster[y * width + left..y * width + right].fill(0);
                        }
                    }
                }
                "S" | "B" => boxes.clear(),
                _ => {}
            }
        }
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| raster[y * width + x]);
        let read: Vec<String> = image.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect();
        assert_eq!(read, [url], "{name}");
    }
}

#[test]
fn the_days_of_free_storage_are_printed_while_the_landing_is_open() {
    let fonts = fonts();
    let mut order = samples::order();
    let landed = text(&delivery_order(&order, Lang::Zh, &fonts).expect("landed"));
    assert!(landed.contains("2026-11-29") && !landed.contains("卸船后天数"), "{landed}");
    for container in &mut order.containers {
        container.free_until = None;
        container.free_days = Some(13);
    }
    let open = text(&delivery_order(&order, Lang::Zh, &fonts).expect("still on board"));
    assert!(open.contains("卸船后天数") && open.contains("13"), "{open}");
}

#[test]
fn four_hundred_containers_are_printed_and_one_more_is_refused() {
    let fonts = fonts();
    let mut order = samples::order();
    let one = order.containers[0].clone();
    order.containers = (0..CONTAINERS_MAX).map(|at| DeliveryContainer { number: format!("CSQU{at:07}"), ..one.clone() }).collect();
    let bytes = delivery_order(&order, Lang::Zh, &fonts).expect("at the limit");
    let count = pages(&bytes);
    assert!((8..=12).contains(&count), "{count} pages");
    let text = text(&bytes);
    let printed: BTreeSet<&str> = text.match_indices("CSQU").map(|(at, _)| &text[at..at + 11]).collect();
    assert_eq!(printed.len(), CONTAINERS_MAX, "every container is on the paper");
    assert!(text.matches("铅封号").count() >= count - 1, "the head of the table is repeated where it goes on");
    assert!(text.contains(&format!("第{count}页/共{count}页")), "the last page knows its number");

    order.containers.push(one);
    let fault = delivery_order(&order, Lang::Zh, &fonts).expect_err("one past the limit");
    assert!(matches!(fault, DocumentError::TooMany { what: "containers", found: 401, max: 400 }), "{fault}");
}

#[test]
fn a_long_text_is_wrapped_and_a_longer_one_refused() {
    let fonts = fonts();
    let mut order = samples::order();
    order.goods[0].description = "冷冻去骨牛肉".chars().cycle().take(TEXT_CHARS_MAX).collect();
    let bytes = delivery_order(&order, Lang::Zh, &fonts).expect("at the limit");
    let letters = text(&bytes).chars().filter(|letter| *letter == '骨').count();
    assert!(letters >= TEXT_CHARS_MAX / 6, "{letters} of {} are on the paper", TEXT_CHARS_MAX / 6);
    order.goods[0].description.push('肉');
    let fault = delivery_order(&order, Lang::Zh, &fonts).expect_err("one letter past the limit");
    assert!(matches!(fault, DocumentError::TextTooLong { found, max, .. } if found == max + 1), "{fault}");
}

#[test]
fn letters_that_the_font_lacks_stay_in_the_text() {
    let mut order = samples::order();
    order.vessel = "海鸥🚢号".to_owned();
    contains(&delivery_order(&order, Lang::Zh, &fonts()).expect("printed"), &["海鸥🚢号"]);
}

#[test]
fn texts_that_try_to_disguise_themselves_are_made_plain() {
    let mut order = samples::order();
    order.holder.name = "甲公司\u{202e}司公乙\u{0007}".to_owned();
    let text = text(&delivery_order(&order, Lang::Zh, &fonts()).expect("printed"));
    assert!(!text.contains('\u{202e}') && !text.contains('\u{0007}'));
}

#[test]
fn a_long_number_is_set_smaller_and_every_limit_is_named() {
    let fonts = fonts();
    let mut duty = samples::duty();
    duty.head.number = "N".repeat(60);
    contains(&duty_notice(&duty, Lang::Zh, &fonts).expect("printed"), &[&"N".repeat(60)]);
    duty.head.verification.url = format!("https://port.example/{}", "x".repeat(QR_BYTES_MAX));
    assert!(matches!(duty_notice(&duty, Lang::Zh, &fonts), Err(DocumentError::QrTooLong { .. })));

    let mut proof = samples::proof();
    proof.path = vec!["00".repeat(32); PROOF_STEPS_MAX];
    ledger_receipt(&proof, Lang::Zh, &fonts).expect("at the limit");
    proof.path.push("00".repeat(32));
    assert!(matches!(ledger_receipt(&proof, Lang::Zh, &fonts), Err(DocumentError::TooMany { what: "proof steps", .. })));

    let mut receipt = samples::receipt();
    receipt.damages = vec![receipt.damages[0].clone(); DAMAGES_MAX + 1];
    assert!(matches!(equipment_receipt(&receipt, Lang::Zh, &fonts), Err(DocumentError::TooMany { what: "damages", .. })));

    let mut order = samples::order();
    order.goods = vec![GoodsLine { description: "肉".repeat(TEXT_CHARS_MAX), ..order.goods[0].clone() }; GOODS_LINES_MAX];
    assert!(matches!(delivery_order(&order, Lang::Zh, &fonts), Err(DocumentError::TooManyPages)));
    order.goods.truncate(1);
    order.notes = vec!["x".to_owned(); NOTES_MAX + 1];
    assert!(matches!(delivery_order(&order, Lang::Zh, &fonts), Err(DocumentError::TooMany { what: "notes", .. })));
}
