// Wire types of /api/v1, taken from the generated schema (`npm run generate`), so that they cannot drift from the server.
// Every name that a page may use is exported from this one file.
// Instants are RFC 3339 in UTC; days are YYYY-MM-DD; weights are decimal strings in kilograms.
import type { components } from "./schema";

type Schemas = components["schemas"];

/** The server writes an absent value as null; only what it leaves out altogether differs from that, and reads the same. */
type Wire<T> = T extends (infer Item)[]
  ? Wire<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Wire<Exclude<T[Key], undefined>> | (undefined extends T[Key] ? null : never) }
    : T;

/** The server says "string"; the pages need to know which strings there are. */
type Narrow<T, Known> = Omit<T, keyof Known> & Known;

export type Id = string;
export type Instant = string;
export type Day = string;

export interface Page<T> {
  items: T[];
  next: string | null;
}

/** application/problem+json */
export type ProblemBody = Partial<Schemas["Problem"]> & { status: number; code: string };

/** Downloaded as a file and verified as a whole; its inside is the ledger's matter. */
export type Receipt = Record<string, unknown>;


/** A text in both languages of the platform. */
export type Text = Wire<Schemas["Text"]>;
/** Integer minor units (fen for CNY) and an ISO 4217 code. */
export type Money = Wire<Schemas["Money"]>;
export type Severity = Wire<Schemas["Severity"]>;
/** One fault of a document: stable code, where it is (JSON pointer, EDI segment), what to do. */
export type Finding = Schemas["Finding"];
/** `trader` covers customs broker and freight forwarder. */
export type Role = Wire<Schemas["Role"]>;
export type ObjectRef = Wire<Schemas["ObjectRef"]>;
export type Org = Wire<Schemas["Org"]>;
export type Refusal = Wire<Schemas["Refusal"]>;
export type PortInfo = Wire<Schemas["PortInfo"]>;
export type Session = Wire<Schemas["Session"]>;
export type Meta = Wire<Schemas["Meta"]>;
export type DemoLogin = Wire<Schemas["DemoLogin"]>;
export type CodeTable = Wire<Schemas["CodeTable"]>;
export type Code = Wire<Schemas["Code"]>;
export type WorkItem = Wire<Schemas["WorkItem"]>;
export type TallyRow = Wire<Schemas["TallyRow"]>;
export type Tally = Wire<Schemas["Tally"]>;
export type ClearanceFigure = Wire<Schemas["ClearanceFigure"]>;
export type PublicSummary = Wire<Schemas["PublicSummary"]>;
export type TrackStep = Narrow<Wire<Schemas["TrackStep"]>, { state: "done" | "current" | "todo" }>;
export type TrackResult = Narrow<Wire<Schemas["TrackResult"]>, { kind: "container" | "bill" | "declaration"; steps: TrackStep[] }>;
export type DocumentCheck = Narrow<Wire<Schemas["DocumentCheck"]>, { kind: "delivery-order" | "eir" }>;
/** Signed head of the ledger's Merkle log. */
export type Head = Wire<Schemas["Head"]>;
export type DrawRow = Wire<Schemas["DrawRow"]>;
export type DrawDay = Wire<Schemas["DrawDay"]>;
export type ReceiptCheck = Wire<Schemas["ReceiptCheck"]>;
export type ConveyanceSummary = Narrow<Wire<Schemas["ConveyanceSummary"]>, { mode: "rail" | "air"; flow: "import" | "export" }>;
export type Conveyance = Narrow<Wire<Schemas["Conveyance"]>, { mode: "rail" | "air"; flow: "import" | "export"; findings: Finding[]; items: WaybillSummary[]; timeline: TimelineEntry[] }>;
export type Sheet = Conveyance["sheets"][number];
export type SheetLine = Sheet["lines"][number];
export type SheetResult = Schemas["SheetResult"];
export type WaybillSummary = Narrow<Wire<Schemas["WaybillSummary"]>, { mode: "rail" | "air"; flow: "import" | "export" }>;
export type Waybill = Narrow<Wire<Schemas["Waybill"]>, { mode: "rail" | "air"; flow: "import" | "export"; findings: Finding[]; timeline: TimelineEntry[] }>;
export type Call = Wire<Schemas["Call"]>;
export type CallForm = Schemas["CallForm"];
export type CallEdit = Schemas["CallEdit"];
export type BillContainer = Schemas["BillContainer"];
export type BillGoods = Schemas["BillGoods"];
export type BillForm = Schemas["BillForm"];
export type ManifestForm = Schemas["ManifestForm"];
export type BillSummary = Wire<Schemas["BillSummary"]>;
export type Bill = Wire<Schemas["Bill"]>;
export type Manifest = Wire<Schemas["Manifest"]>;
export type ManifestSummary = Wire<Schemas["ManifestSummary"]>;
export interface Items<T> {
  items: T[];
}
export type TallyReport = Wire<Schemas["TallyReport"]>;
export type TallyReportOverview = Wire<Schemas["TallyReportOverview"]>;
export type TallyReportMonth = Wire<Schemas["TallyReportMonth"]>;
export type Transhipment = Wire<Schemas["Transhipment"]>;
export type TranshipmentSummary = Wire<Schemas["TranshipmentSummary"]>;
export type OutboundBill = Wire<Schemas["OutboundBill"]>;
export type ManifestChange = Wire<Schemas["ManifestChange"]>;
export type Person = Wire<Schemas["Person"]>;
export type WorkOrder = Wire<Schemas["WorkOrder"]>;
export type WorkOrderSummary = Wire<Schemas["WorkOrderSummary"]>;
export type WorkOrderBox = Wire<Schemas["WorkOrderBox"]>;
export type WorkOrderPlan = Wire<Schemas["WorkOrderPlan"]>;
export type ManifestChangeSummary = Wire<Schemas["ManifestChangeSummary"]>;
export type MessageSummary = Wire<Schemas["MessageSummary"]>;
export type Message = Wire<Schemas["Message"]>;
export type PartnerSummary = Wire<Schemas["PartnerSummary"]>;
/** A request may leave these out; an answer holds them all. */
type Whole<T> = { [Key in keyof T]: Key extends "charset" | "record_format" | "silence_hours" ? T[Key] : NonNullable<T[Key]> };
export type PartnerProfile = Whole<Wire<Schemas["PartnerForm"]>>;
/** What is agreed with a partner, and how its channels fare. */
export type Partner = Narrow<Wire<Schemas["Partner"]>, { profile: PartnerProfile; status: Narrow<Wire<Schemas["PartnerChannelStatus"]>, { direction: "in" | "out" }>[] }>;
export type PartnerChannelTest = Wire<Schemas["PartnerChannelTest"]>;
export type PushSecretCreated = Wire<Schemas["PushSecretCreated"]>;
export type Segment = Wire<Schemas["Segment"]>;
export type Segments = Wire<Schemas["Segments"]>;
/** A change of bytes in a message. */
export type MessageEdit = Schemas["Edit"];
export type Suggestion = Wire<Schemas["Suggestion"]>;
export type MessageCheck = Wire<Schemas["MessageCheck"]>;
export type TrailEntry = Wire<Schemas["TrailEntry"]>;
export type ComparedSegment = Wire<Schemas["ComparedSegment"]>;
export type Comparison = Wire<Schemas["Comparison"]>;
export type MessageCounts = Wire<Schemas["MessageCounts"]>;
export type MessageStatistics = Wire<Schemas["MessageStatistics"]>;
export type MessageAlarm = Wire<Schemas["Alarm"]>;
export type DeclarationGoods = Wire<Schemas["DeclarationGoods"]>;
export type DeclarationContainer = Wire<Schemas["DeclarationContainer"]>;
export type DeclarationDocument = Wire<Schemas["DeclarationDocument"]>;
/** The fee, insurance and other-charges triple of a declaration. */
export type DeclarationCharge = Wire<Schemas["DeclarationCharge"]>;
/** Everything as typed by the user, so that a draft keeps anything. */
export type DeclarationForm = Wire<Schemas["DeclarationForm"]>;
export type Track = Narrow<Wire<Schemas["Track"]>, { state: "not-needed" | "open" | "done" | "failed" | "unknown" }>;
export type OfficerDecision = Wire<Schemas["OfficerDecision"]>;
export type Decision = Wire<Schemas["Decision"]>;
export type Declaration = Narrow<Wire<Schemas["Declaration"]>, { tracks: Record<keyof Schemas["Tracks"], Track> }>;
export type DeclarationSummary = Wire<Schemas["DeclarationSummary"]>;
export type Attachment = Wire<Schemas["Attachment"]>;
export type Inspection = Wire<Schemas["Inspection"]>;
export type InspectionSlot = Wire<Schemas["InspectionSlot"]>;
/** Only the authority that placed it can read it. */
export type Instruction = Wire<Schemas["Instruction"]>;
export type SiteBoard = Wire<Schemas["SiteBoard"]>;
export type SiteEntry = Wire<Schemas["SiteEntry"]>;
export type SiteRule = Wire<Schemas["SiteRule"]>;
export type SiteVersion = Wire<Schemas["SiteVersion"]>;
export type PriorityClass = Wire<Schemas["PriorityClass"]>;
export type QueuePlace = Wire<Schemas["QueuePlace"]>;
/** Only its authority, and those with which it shared it, read it. */
export type Clue = Wire<Schemas["Clue"]>;
export type ClueFact = Wire<Schemas["ClueFact"]>;
export type ClueChoices = Wire<Schemas["ClueChoices"]>;
export type ClueFigures = Wire<Schemas["ClueFigures"]>;
export type ClueMonth = Wire<Schemas["ClueMonth"]>;
export type ImageTask = Wire<Schemas["ImageTask"]>;
export type ImageReview = Wire<Schemas["ImageReview"]>;
export type ImageMark = Narrow<Wire<Schemas["ImageMark"]>, { note: string }>;
export type ImageRegion = Wire<Schemas["ImageRegion"]>;
export type ImageHint = Wire<Schemas["ImageHint"]>;
export type Scan = Omit<Wire<Schemas["Scan"]>, "findings"> & { findings: Finding[] };
export type ReceivedScan = Wire<Schemas["ReceivedScan"]>;
export type Named = Wire<Schemas["Named"]>;
export type Laboratories = Wire<Schemas["Laboratories"]>;
export type InspectionSampling = Wire<Schemas["InspectionSampling"]>;
export type SamplingLine = Wire<Schemas["SamplingLine"]>;
export type SampleHandOver = Omit<Wire<Schemas["SampleHandOver"]>, "findings"> & { findings: Finding[] };
export type Sample = Omit<Wire<Schemas["Sample"]>, "chain"> & { chain: SampleHandOver[] };
export type SampleReport = Wire<Schemas["SampleReport"]>;
export type TestResult = Wire<Schemas["TestResult"]>;
export type TestingBody = Wire<Schemas["TestingBody"]>;
export type ThirdPartyReport = Wire<Schemas["ThirdPartyReport"]>;
export type SampleStatistics = Wire<Schemas["SampleStatistics"]>;
export type SampleMonth = Wire<Schemas["SampleMonth"]>;
export type HintModel = Wire<Schemas["HintModel"]>;
export type NonIntrusiveShare = Wire<Schemas["NonIntrusiveShare"]>;
export type NonIntrusiveMonth = Wire<Schemas["NonIntrusiveMonth"]>;
export type JointOrder = Wire<Schemas["JointOrder"]>;
export type JointParticipant = Wire<Schemas["JointParticipant"]>;
export type JointResult = Wire<Schemas["JointResult"]>;
/** The board of daily clearance, and its closing report. */
export type DailyBoard = Wire<Schemas["DailyBoard"]>;
export type DailyGroup = Wire<Schemas["DailyGroup"]>;
export type DailyCase = Wire<Schemas["DailyCase"]>;
export type DailyReport = Wire<Schemas["DailyReport"]>;
export type DailyReportSummary = Wire<Schemas["DailyReportSummary"]>;
/** What an officer carries out today, on the phone. */
export type FieldOrder = Wire<Schemas["FieldOrder"]>;
export type FieldOrders = Wire<Schemas["FieldOrders"]>;
export type FieldRecord = Wire<Schemas["FieldRecord"]>;
export type FieldRecordForm = Schemas["FieldRecordForm"];
export type DutyLine = Wire<Schemas["DutyLine"]>;
export type DutyNotice = Wire<Schemas["DutyNotice"]>;
export type Payment = Wire<Schemas["Payment"]>;
/** A broker acts for a trader (电子代理委托). */
export type AgencyAgreement = Wire<Schemas["AgencyAgreement"]>;
export type Guarantee = Wire<Schemas["Guarantee"]>;
export type Container = Narrow<Wire<Schemas["Container"]>, { customs: "not-released" | "released" | "held" }>;
export type DischargeReport = Schemas["DischargeReport"];
export type BatchResult = Wire<Schemas["BatchResult"]>;
export type DeliveryOrder = Wire<Schemas["DeliveryOrder"]>;
export type Organisation = Wire<Schemas["Organisation"]>;
export type Format = Wire<Schemas["Format"]>;
export type FormatTable = Wire<Schemas["FormatTable"]>;
export type FormatSegment = Wire<Schemas["FormatSegment"]>;
export type Slot = Wire<Schemas["Slot"]>;
export type Booking = Wire<Schemas["Booking"]>;
export type BookingForm = Schemas["BookingForm"];
export type Damage = { location: string; component: string; type: string; responsible: string };
export type GateRequest = Schemas["GateRequest"];
export type GateTransaction = Wire<Schemas["GateTransaction"]>;
/** Equipment interchange receipt (设备交接单). */
export type Eir = Wire<Schemas["Eir"]>;
export type CaseStage = Wire<Schemas["CaseStage"]>;
export type CaseNext = Wire<Schemas["CaseNext"]>;
export type Case = Narrow<Wire<Schemas["Case"]>, { container: Container }>;
export type TimelineEntry = Narrow<Wire<Schemas["TimelineEntry"]>, { source: { kind: "command" | "message" | "reaction" | "platform"; message: Id | null; name: string } }>;
export type LedgerEvent = Wire<Schemas["LedgerEvent"]>;
export type Consistency = Wire<Schemas["Consistency"]>;
export type InsightClearance = Wire<Schemas["InsightClearance"]>;
export type InsightCase = Wire<Schemas["InsightCase"]>;
export type LiveCounter = Wire<Schemas["LiveCounter"]>;
export type InsightLive = Wire<Schemas["InsightLive"]>;
export type AdminUser = Wire<Schemas["AdminUser"]>;
export type ApiKey = Wire<Schemas["ApiKey"]>;
export type ApiKeyCreated = Wire<Schemas["ApiKeyCreated"]>;
export type AuditRow = Wire<Schemas["AuditRow"]>;
export type PartnerRoute = Wire<Schemas["PartnerRoute"]>;
export type NationalDay = Wire<Schemas["NationalDay"]>;
export type NationalDays = Wire<Schemas["NationalDays"]>;
export type NationalConnector = Wire<Schemas["NationalConnector"]>;
export type NationalReceipt = Wire<Schemas["NationalReceipt"]>;
export type TransmissionSummary = Wire<Schemas["TransmissionSummary"]>;
export type Transmission = Wire<Schemas["Transmission"]>;
export type RuleTable = Wire<Schemas["RuleTable"]>;
export type RuleVersion = Wire<Schemas["RuleVersion"]>;
/** A version with its text; the text is a document that `rooms/rules/model` knows. */
export type RuleVersionText = Wire<Schemas["RuleVersionText"]>;
export type RuleDifference = Narrow<Wire<Schemas["RuleDifference"]>, { kind: "added" | "removed" | "changed" | "moved" }>;
export type TrialView = Wire<Schemas["TrialView"]>;
export type TrialResult = Wire<Schemas["TrialResult"]>;
export type TrialProgress = Wire<Schemas["TrialProgress"]>;
export type TrialGroup = Wire<Schemas["TrialGroup"]>;
export type TrialFlip = Wire<Schemas["TrialFlip"]>;
export type Machine = Wire<Schemas["Machine"]>;
export type MachineAlarm = Wire<Schemas["MachineAlarm"]>;
export type OnScheduleRate = Wire<Schemas["OnScheduleRate"]>;
export type InspectedSailing = Wire<Schemas["InspectedSailing"]>;
export type Roster = Wire<Schemas["RosterOfDay"]>;
export type RosterCopied = Wire<Schemas["RosterCopied"]>;
export type Shift = Roster["shifts"][number];
export type Workload = Wire<Schemas["WorkloadView"]>;
export type InspectionIndicators = Wire<Schemas["InspectionIndicators"]>;
export type Indicator = InspectionIndicators["items"][number];
export type ListedAlarm = Wire<Schemas["ListedAlarmView"]>;
export type AlarmFigures = Wire<Schemas["AlarmFiguresView"]>;
export type AlarmLibrary = Wire<Schemas["AlarmLibrary"]>;
export type AlarmRule = AlarmLibrary["items"][number];
export type RollOutTracker = Wire<Schemas["RollOutTracker"]>;
export type RollOutTerminal = RollOutTracker["items"][number];
export type RollOutCell = RollOutTerminal["modules"][number];
export type DataField = Wire<Schemas["DataField"]>;
export type DataResource = Wire<Schemas["DataResource"]>;
export type SharingAgreement = Wire<Schemas["SharingAgreement"]>;
export type DataDelivery = Wire<Schemas["DataDelivery"]>;
/** A page of rows; what a row holds is agreed, not typed. */
export type DataPage = Narrow<Wire<Schemas["DataPage"]>, { rows: Record<string, unknown>[] }>;
export type SharingStatistics = Wire<Schemas["SharingStatistics"]>;
export type OutboxRow = Wire<Schemas["OutboxRow"]>;
export type MailboxItem = Wire<Schemas["MailboxItem"]>;
/** Data of the `change` event on /stream. */
export type Change = Wire<Schemas["Change"]>;
export type InsightStage = Wire<Schemas["StageFigure"]>;
export type AdminOrganisation = Organisation;
