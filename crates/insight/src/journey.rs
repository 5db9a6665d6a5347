//! A journey: when a container reached each milestone (节点).

/// Milestones of a journey.
pub const MILESTONES: usize = 14;

/// When each milestone was reached, in milliseconds since the epoch, by position. The positions are those of [`mark`], in the usual order of
/// a journey; the store keeps its columns in the same order.
pub type Journey = [Option<i64>; MILESTONES];

/// Positions in a [`Journey`].
pub mod mark {
    /// The ship arrived (抵港).
    pub const SHIP_ARRIVED: usize = 0;
    /// Discharged (卸船).
    pub const DISCHARGED: usize = 1;
    /// Declaration accepted (申报受理).
    pub const DECLARED: usize = 2;
    /// Risk decision given (布控答复).
    pub const DECIDED: usize = 3;
    /// Inspection ordered (查验指令).
    pub const INSPECTION_ORDERED: usize = 4;
    /// Inspection ended (查验完毕).
    pub const INSPECTED: usize = 5;
    /// Duty notice issued (税单签发).
    pub const DUTY_ISSUED: usize = 6;
    /// Duty paid or guaranteed (税费缴纳或担保).
    pub const DUTY_SETTLED: usize = 7;
    /// Released (放行).
    pub const RELEASED: usize = 8;
    /// Delivery order asked for (申请换单).
    pub const ORDER_REQUESTED: usize = 9;
    /// Delivery order issued (换单完成).
    pub const ORDER_ISSUED: usize = 10;
    /// Pick-up booked (预约提箱).
    pub const BOOKED: usize = 11;
    /// Truck in (提箱进闸).
    pub const GATED_IN: usize = 12;
    /// Box out (提箱出闸).
    pub const GATED_OUT: usize = 13;
}

/// Stable codes of the milestones, by position.
pub const MILESTONE_CODES: [&str; MILESTONES] = [
    "ship-arrived",
    "discharged",
    "declared",
    "decided",
    "inspection-ordered",
    "inspected",
    "duty-issued",
    "duty-settled",
    "released",
    "delivery-order-requested",
    "delivery-order-issued",
    "booked",
    "gated-in",
    "gated-out",
];
