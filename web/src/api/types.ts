// Wire types of /api/v1. Every name that a page may use is exported from this one file.
// Instants are RFC 3339 in UTC; days are YYYY-MM-DD; weights are decimal strings in kilograms.

export type Id = string;
export type Instant = string;
export type Day = string;

/** A text in both languages of the platform. */
export interface Text {
  zh: string;
  en: string;
}

/** Integer minor units (fen for CNY) and an ISO 4217 code. */
export interface Money {
  amount_minor: number;
  currency: string;
}

export type Severity = "error" | "warning" | "info";

/** One fault of a document: stable code, where it is (JSON pointer, EDI segment), what to do. */
export interface Finding {
  code: string;
  severity: Severity;
  pointer: string;
  message: Text;
  hint: Text;
  segment?: number | null;
  offset?: number | null;
  segment_tag?: string | null;
  message_reference?: string | null;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** `trader` covers customs broker and freight forwarder. */
export type Role = "trader" | "agent" | "terminal" | "trucker" | "customs" | "port-office" | "admin";

export interface ObjectRef {
  type: string;
  id: Id;
}

export interface Org {
  id: Id;
  name: Text;
  role: Role;
}

export interface Refusal {
  code: string;
  found: string;
  attempted: string;
  text: Text;
}

/** application/problem+json */
export interface ProblemBody {
  type?: string;
  title?: string;
  status: number;
  code: string;
  detail?: Text;
  reference?: string | null;
  findings?: Finding[] | null;
  refusal?: Refusal | null;
}

// ---- session and meta

export interface PortInfo {
  code: string;
  name: Text;
  /** IANA zone name. */
  zone: string;
  utc_offset_minutes: number;
  demo: boolean;
}

export interface Session {
  user: { id: Id; name: Text; role: Role };
  organisation: { id: Id; name: Text; uscc: string | null; district: string | null };
  port: PortInfo;
  /** Names of the actions that the user may take. */
  permissions: string[];
  expires_at: Instant;
}

export interface Meta {
  product: Text;
  version: string;
  port: PortInfo;
  demo: boolean;
  now: Instant;
  /** Labels of the sandbox counterparts in use. */
  sandbox: string[];
}

export interface DemoLogin {
  user: Id;
  name: Text;
  role: Role;
  organisation: Text;
  description: Text;
}

export interface CodeTable {
  id: Id;
  name: Text;
  count: number;
  source: string;
  date: Day;
}

export interface Code {
  code: string;
  name: Text;
  valid_from: Day | null;
  valid_to: Day | null;
}

// ---- worklist and search

export interface WorkItem {
  object: ObjectRef;
  title: string;
  status: string;
  status_text: Text;
  owner: Org | null;
  action: string | null;
  action_text: Text | null;
  authority: string | null;
  keys: string[];
  opened_at: Instant;
  due_at: Instant | null;
  closed_at: Instant | null;
  overdue: boolean;
}

export interface TallyRow {
  kind: string;
  status: string;
  status_text: Text;
  action: string | null;
  action_text: Text | null;
  count: number;
  overdue: number;
}

export interface Tally {
  items: TallyRow[];
  as_of: Instant;
}

// ---- public

export interface ClearanceFigure {
  definition: Text;
  period: { from: Day; to: Day };
  unit: "hours";
  count: number;
  mean: number;
  median: number;
  p90: number;
  target?: number | null;
}

export interface PublicSummary {
  as_of: Instant;
  today: { ships: number; discharged: number; released: number; gated_out: number };
  clearance: ClearanceFigure | null;
  /** The last 30 days, oldest first. */
  series: { day: Day; count: number; median: number; p90: number }[];
  stages: { stage: string; name: Text; median_hours: number; share: number }[];
}

export interface TrackStep {
  code: string;
  name: Text;
  at: Instant | null;
  state: "done" | "current" | "todo";
}

export interface TrackResult {
  kind: "container" | "bill" | "declaration";
  number: string;
  status: string;
  status_text: Text;
  steps: TrackStep[];
  updated_at: Instant;
}

export interface DocumentCheck {
  kind: "delivery-order" | "eir";
  valid: boolean;
  status: string;
  status_text: Text;
  number: string;
  issued_at: Instant | null;
  container_numbers: string[];
  carrier: Text;
  redeemed: { container: string; at: Instant }[];
}

/** Signed head of the ledger's Merkle log. */
export interface Head {
  size: number;
  root: string;
  at: Instant;
  algorithm: string;
  key_id: string;
  signature: string;
  public_key_pem: string;
}

export interface DrawRow {
  subject: string;
  mix_size: number;
  mix_root: string;
  rate_bp: number;
  number: number | string;
  selected: boolean;
}

export interface DrawDay {
  day: Day;
  commitment: string;
  revealed_seed: string | null;
  draws: DrawRow[];
}

/** Downloaded as a file and verified as a whole; its inside is the ledger's matter. */
export type Receipt = Record<string, unknown>;

export interface ReceiptCheck {
  valid: boolean;
  faults: Text[];
}

// ---- ship calls

export interface Call {
  id: Id;
  ship_name: string;
  imo: string;
  flag: string | null;
  voyage_in: string;
  voyage_out: string | null;
  agent: Org;
  terminal: Org;
  berth: string | null;
  eta: Instant;
  ata: Instant | null;
  atd: Instant | null;
  status: string;
  status_text: Text;
  containers: { expected: number; discharged: number; released: number; gone: number };
  version: number;
}

export interface CallForm {
  ship_name: string;
  imo: string;
  flag: string;
  voyage_in: string;
  voyage_out: string;
  terminal: Id;
  berth?: string | null;
  eta: Instant;
}

export interface CallEdit {
  eta?: Instant;
  berth?: string | null;
}

// ---- manifests and bills

export interface BillContainer {
  number: string;
  size_type: string;
  seal?: string | null;
  gross_kg: string;
  packages: number;
}

export interface BillGoods {
  description: string;
  hs_code?: string | null;
  packages: number;
  package_kind: string;
  gross_kg: string;
  un_number?: string | null;
}

export interface BillForm {
  number: string;
  shipper: { name: string; code?: string | null };
  consignee: { name: string; uscc?: string | null };
  notify?: { name: string } | null;
  loading_port: string;
  discharge_port: string;
  delivery_place?: string | null;
  containers: BillContainer[];
  goods: BillGoods[];
}

export interface ManifestForm {
  call: Id;
  function: "original" | "replace";
  bills: BillForm[];
}

export interface BillSummary {
  number: string;
  call: Id;
  ship_name: string;
  voyage: string;
  consignee: string;
  containers: string[];
  goods: string;
  gross_kg: string;
  packages: number;
  status: string;
  status_text: Text;
  declaration: Id | null;
  declaration_status: string | null;
  delivery_order: Id | null;
  delivery_order_status: string | null;
}

export interface Bill extends BillSummary {
  shipper: { name: string; code?: string | null };
  consignee_full?: { name: string; uscc?: string | null };
  notify: { name: string } | null;
  ports: { loading: string; discharge: string; delivery?: string | null };
  containers_full: (BillContainer & { id?: Id })[];
  goods_full: BillGoods[];
  tally: { container: string; at: Instant; damage?: string | null; packages?: number | null }[];
}

export interface Manifest {
  id: Id;
  call: Call | null;
  agent: Org;
  function: string;
  status: string;
  status_text: Text;
  bills: BillSummary[];
  findings: Finding[];
  message: Id | null;
  accepted_at: Instant | null;
}

export interface ManifestSummary {
  id: Id;
  call: Id;
  ship_name: string;
  voyage: string;
  bills: number;
  containers: number;
  status: string;
  status_text: Text;
  accepted_at: Instant | null;
}

// ---- messages (EDI)

export interface MessageSummary {
  id: Id;
  direction: "in" | "out";
  partner: Org;
  channel: string;
  type: string;
  reference: string;
  status: string;
  status_text: Text;
  received_at: Instant;
  bytes: number;
  sha256: string;
  answers: Id[];
  objects: ObjectRef[];
}

export interface Message extends MessageSummary {
  findings: Finding[];
}

export interface Segment {
  index: number;
  offset: number;
  tag: string;
  name: Text;
  text: string;
  elements: string[][];
  findings: Finding[];
}

// ---- declarations

export interface DeclarationGoods {
  g_no: string;
  code_ts: string;
  g_name: string;
  g_model: string;
  g_qty: string;
  g_unit: string;
  first_qty: string;
  first_unit: string;
  second_qty: string;
  second_unit: string;
  decl_price: string;
  decl_total: string;
  trade_curr: string;
  duty_mode: string;
  origin_country: string;
  destination_country: string;
  district_code: string;
  goods_attr: string;
}

export interface DeclarationContainer {
  container_id: string;
  container_md: string;
  goods_no: string;
  lcl_flag: string;
}

export interface DeclarationDocument {
  edoc_code: string;
  name: string;
  sha256: string;
  size: number | string;
}

/** The fee, insurance and other-charges triple of a declaration. */
export interface DeclarationCharge {
  mark: string;
  rate: string;
  curr: string;
}

/** Everything as typed by the user, so that a draft keeps anything. */
export interface DeclarationForm {
  ie_flag: string;
  type: string;
  custom_master: string;
  ie_port: string;
  trade_mode: string;
  cut_mode: string;
  traf_mode: string;
  traf_name: string;
  voy_no: string;
  bill_no: string;
  trade_country: string;
  trade_area_code: string;
  distinate_port: string;
  desp_port_code: string;
  enty_port_code: string;
  goods_place: string;
  trans_mode: string;
  fee: DeclarationCharge;
  insur: DeclarationCharge;
  other: DeclarationCharge;
  pack_no: string;
  wrap_type: string;
  gross_wt: string;
  net_wt: string;
  trade_co_scc: string;
  trade_name: string;
  owner_code_scc: string;
  owner_name: string;
  agent_code_scc: string;
  agent_name: string;
  overseas_consignor_name: string;
  contr_no: string;
  note_s: string;
  mark_no: string;
  promise_items: string;
  chk_surety: string;
  goods: DeclarationGoods[];
  containers: DeclarationContainer[];
  documents: DeclarationDocument[];
}

export interface Track {
  state: "not-needed" | "open" | "done" | "failed" | "unknown";
  since: Instant | null;
  at: Instant | null;
  reference: Id | null;
}

export interface OfficerDecision {
  table: { id: Id; version: number | string };
  rows: string[];
  rate_basis_points: number;
  grade: { value: string; rule_version: string };
  draw: {
    day: Day;
    commitment: string;
    mix_size: number;
    mix_root: string;
    number: number | string;
    selected: boolean;
  } | null;
  reasons: Text[];
}

export interface Decision {
  at: Instant;
  inspect: boolean;
  documents: { code: string; name: Text }[];
  /** What the trader sees. */
  note: Text;
  /** Present for officers alone. */
  officer: OfficerDecision | null;
  answered_in_ms: number;
}

export interface Declaration {
  id: Id;
  entry_id: string | null;
  form: DeclarationForm;
  bill: BillSummary | null;
  status: string;
  status_text: Text;
  advance: boolean;
  organisation: Org;
  accepted_at: Instant | null;
  landed_at: Instant | null;
  released_at: Instant | null;
  decision: Decision | null;
  tracks: { arrival: Track; documents: Track; inspection: Track; duty: Track };
  duty_notice: DutyNotice | null;
  inspection: Id | null;
  hold: { reason: string; at: Instant } | null;
  /** Why it was rejected or withdrawn. */
  reason?: string | null;
  /** What this user may do now. */
  actions: string[];
  version: number;
}

export interface DeclarationSummary {
  id: Id;
  entry_id: string | null;
  bill_no: string;
  title: string;
  status: string;
  status_text: Text;
  advance: boolean;
  organisation: Org;
  accepted_at: Instant | null;
  released_at: Instant | null;
  due_at: Instant | null;
}

export interface Attachment {
  sha256: string;
  size: number;
  name: string;
}

// ---- inspections

export interface Inspection {
  id: Id;
  declaration: Id;
  entry_id: string | null;
  bill_no: string;
  containers: string[];
  terminal: Org;
  trader: Org;
  site: string;
  status: string;
  status_text: Text;
  ordered_at: Instant;
  slot: { start: Instant; end: Instant } | null;
  officers: { id: Id; name: Text }[];
  excluded: { id: Id; name: Text; reason: Text }[];
  draw: { day: Day; commitment: string; number_of_pool: number; pool_version: number | string } | null;
  at_site: { container: string; at: Instant }[];
  result: {
    outcome: "pass" | "fail";
    disposition: string;
    disposition_text: Text;
    findings: string;
    method: string;
    at: Instant;
    officers: Id[];
  } | null;
  actions: string[];
  version: number;
}

export interface InspectionSlot {
  start: Instant;
  end: Instant;
  free: number;
}

// ---- duty, guarantees, payments

export interface DutyLine {
  g_no: string | number;
  name: string;
  base: Money;
  duty_rate_bp: number;
  duty: Money;
  vat_rate_bp: number;
  vat: Money;
  steps: Text[];
}

export interface DutyNotice {
  id: Id;
  declaration: Id;
  entry_id: string | null;
  payer: Org;
  lines: DutyLine[];
  total: Money;
  issued_at: Instant;
  due_at: Instant;
  status: string;
  status_text: Text;
  payment: Id | null;
  guarantee: Id | null;
  /** What the exchange rates and the tariff are worth as sources. */
  exchange_label?: Text;
  tariff_label?: Text;
  actions: string[];
}

export interface Payment {
  id: Id;
  purpose: "duty-notice" | "delivery-order";
  object: Id;
  payer: Org;
  amount: Money;
  status: string;
  status_text: Text;
  ordered_at: Instant;
  settled_at: Instant | null;
  bank_reference: string | null;
  failure?: string | null;
  /** The ISO 20022 messages exchanged with the bank. */
  messages: { kind: string; at: Instant; direction: "in" | "out"; body: string }[];
}

export interface Guarantee {
  id: Id;
  principal: Org;
  guarantor: string;
  kind: string;
  limit: Money;
  occupied: Money;
  available: Money;
  valid_from: Day;
  valid_to: Day;
  status: string;
  status_text: Text;
  uses: { notice: Id; amount: Money }[];
}

// ---- containers

export interface Container {
  id: Id;
  number: string;
  size_type: string;
  call: Id;
  ship_name: string;
  voyage: string;
  bill_no: string | null;
  terminal: Org;
  place: Text;
  place_code: string;
  position: string | null;
  customs: "not-released" | "released" | "held";
  delivery_order: Id | null;
  order_issued: boolean;
  booking: Id | null;
  status: string;
  status_text: Text;
  discharged_at: Instant | null;
  gone_at: Instant | null;
  damage: string | null;
}

export interface DischargeReport {
  container: string;
  call: Id;
  at: Instant;
  position: string;
  seal?: string | null;
  packages?: number | null;
  damage?: string | null;
  tally_company?: string | null;
}

export interface BatchResult {
  accepted: number;
  findings: Finding[];
}

// ---- delivery orders

export interface DeliveryOrder {
  id: Id;
  bill_no: string;
  call: Id;
  ship_name: string;
  voyage: string;
  containers: { number: string; id: Id; redeemed_at: Instant | null }[];
  applicant: Org;
  carrier_agent: Org;
  holder: Org;
  charges: Money;
  charge_state: string;
  status: string;
  status_text: Text;
  code: string | null;
  verify_url: string | null;
  issued_at: Instant | null;
  free_until: Instant | null;
  transfers: { from: Org; to: Org; at: Instant }[];
  payment: Id | null;
  actions: string[];
  version: number;
}

export interface Organisation extends Org {
  uscc: string | null;
  district: string | null;
  edi_id?: string | null;
  grade?: string | null;
}

// ---- bookings and gate

export interface Slot {
  start: Instant;
  end: Instant;
  capacity: number;
  taken: number;
  free: number;
}

export interface Booking {
  id: Id;
  container: { id: Id; number: string };
  delivery_order: Id;
  terminal: Org;
  trucker: Org;
  slot_start: Instant;
  slot_end: Instant;
  plate: string;
  driver_name: string;
  /** Masked unless the reader needs it. */
  driver_phone: string;
  status: string;
  status_text: Text;
  actions: string[];
}

export interface BookingForm {
  container: Id;
  delivery_order: Id;
  slot_start: Instant;
  plate: string;
  driver_name: string;
  driver_phone: string;
}

export interface Damage {
  location: string;
  component: string;
  type: string;
  responsible: string;
}

export interface GateRequest {
  direction: "in" | "out";
  lane: string;
  plate: string;
  container: string;
  seal?: string | null;
  damages?: Damage[];
  at?: Instant;
}

export interface GateTransaction {
  id: Id;
  direction: "in" | "out";
  lane: string;
  plate: string;
  container: string;
  at: Instant;
  outcome: "passed" | "refused";
  reasons: { code: string; text: Text; hint: Text }[];
  checks: { code: string; name: Text; ok: boolean; detail: Text }[];
  booking: Id | null;
  eir: Id | null;
}

/** Equipment interchange receipt (设备交接单). */
export interface Eir {
  id: Id;
  container: string;
  size_type?: string;
  direction: string;
  operation: string;
  plate: string;
  driver: string;
  terminal: Org;
  bill_no?: string | null;
  call?: Id | null;
  seal: string | null;
  condition: { panel: string; state: string }[] | Record<string, string>;
  damages: Damage[];
  at: Instant;
  code: string;
  verify_url?: string | null;
}

// ---- case

export interface CaseStage {
  stage: string;
  name: Text;
  owner_role: Role;
  owner: Org | null;
  started_at: Instant | null;
  ended_at: Instant | null;
  hours: number | null;
  /** Begun and not ended. */
  waiting: boolean;
  standard_hours: number | null;
}

export interface CaseNext {
  action: string;
  text: Text;
  owner: Org | null;
  role: Role;
  link: string | null;
  due_at: Instant | null;
}

export interface Case {
  container: Container;
  bill: BillSummary | null;
  declaration: Declaration | null;
  summary: {
    status: string;
    status_text: Text;
    started_at: Instant | null;
    ended_at: Instant | null;
    elapsed_hours: number | null;
  };
  stages: CaseStage[];
  next: CaseNext[];
  objects: { type: string; id: Id; title: string; status_text: Text }[];
}

export interface TimelineEntry {
  position: number;
  event_id: Id;
  kind: string;
  name: Text;
  detail: Text;
  occurred_at: Instant;
  recorded_at: Instant;
  actor: { kind: string; organisation: Org | null; person: string | null };
  source: { kind: "command" | "message" | "reaction" | "platform"; message: Id | null; name: string };
  object: ObjectRef;
  sealed: boolean;
}

// ---- ledger

export interface LedgerEvent {
  position: number;
  event: Record<string, unknown>;
  leaf_hash: string;
}

export interface Consistency {
  proof: string[];
}

// ---- insight

export interface InsightStage {
  stage: string;
  name: Text;
  owner_role: Role;
  count: number;
  mean: number;
  median: number;
  p90: number;
  share: number;
  /** Share of the cases that are in this stage at the moment. */
  waiting_share: number;
  definition?: Text | null;
}

export interface InsightClearance {
  definition: Text;
  unit: "hours";
  period: { from: Day; to: Day };
  count: number;
  mean: number;
  median: number;
  p90: number;
  advance_rate: number;
  inspection_rate: number;
  direct_release_rate: number;
  series: { day: Day; count: number; mean: number; median: number; p90: number }[];
  stages: InsightStage[];
  by_terminal: { terminal: Org; count: number; median: number; p90: number }[];
  histogram: { from_hours: number; to_hours: number | null; count: number }[];
}

export interface InsightCase {
  container_id: Id;
  number: string;
  bill_no: string;
  hours: number;
  stage_hours: number | null;
  terminal: Org;
  status_text: Text;
}

export interface LiveCounter {
  code: string;
  name: Text;
  value: number;
  unit: string;
  definition: Text;
  link: string | null;
}

export interface InsightLive {
  as_of: Instant;
  counters: LiveCounter[];
  flow: { hour: Instant; discharged: number; released: number; gated_out: number }[];
  late: WorkItem[];
}

// ---- administration

export interface AdminOrganisation extends Organisation {
  created_at?: Instant;
}

export interface AdminUser {
  id: Id;
  name: Text;
  organisation: Org | Id;
  disabled?: boolean;
  created_at?: Instant;
  last_seen_at?: Instant | null;
}

export interface ApiKey {
  id: Id;
  organisation: Org | Id;
  name: string;
  created_at?: Instant;
  last_used_at?: Instant | null;
}

export interface ApiKeyCreated {
  id: Id;
  /** Shown once. */
  secret: string;
}

export interface AuditRow {
  seq: number;
  at: Instant;
  who: string | null;
  organisation: string | null;
  action: string;
  object: ObjectRef | null;
  outcome: string;
  request: string | null;
  detail: unknown;
}

export interface DecisionTableSummary {
  id: Id;
  version: string;
  name: Text;
  rows: number;
  valid_from: Day;
  valid_to: Day | null;
  author: string;
  approved_by: string | null;
  in_force: boolean;
}

/** A table as its author wrote it; the pages read it as a document. */
export type DecisionTable = Record<string, unknown>;

export interface OutboxRow {
  id: Id;
  kind?: string;
  channel?: string;
  destination?: string;
  state: string;
  attempts: number;
  created_at: Instant;
  next_attempt_at?: Instant | null;
  last_error?: string | null;
  object?: ObjectRef | null;
}

export interface MailboxItem {
  id: Id;
  type: string;
  reference: string;
  created_at: Instant;
  state: "pending" | "delivered";
  object: ObjectRef | null;
}

// ---- live

/** Data of the `change` event on /stream. */
export interface Change {
  position: number;
  kind: string;
  objects: ObjectRef[];
  at: Instant;
}
