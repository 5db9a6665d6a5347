// Everything a page is put together from.
export { ActionButton } from "./ActionButton";
export { Chart, type ChartTable, type Picked } from "./Chart";
export { CopyText } from "./CopyText";
export { Definition } from "./Definition";
export { FindingList, jumpToPointer } from "./FindingList";
export { KeyFacts, type Fact } from "./KeyFacts";
export { Loading } from "./Loading";
export { MoneyText } from "./MoneyText";
export { containerNumber, objectPath, ObjectLink } from "./ObjectLink";
export { PageHeader } from "./PageHeader";
export { PrintButton } from "./PrintButton";
export { ProblemAlert, problemText } from "./ProblemAlert";
export { QrCode } from "./QrCode";
export { StatusTag, toneOf, type Tone } from "./StatusTag";
export { dayIn, formatInstant, useNow, usePortZone } from "./time";
export { Upload } from "./Upload";
export { When } from "./When";
export { Worklist, type Column, type Filter } from "./Worklist";
