// Messages of the role pages, gathered from their areas.
import { agreementText } from "../rooms/agreements/text";
import { billText } from "../rooms/bills/text";
import { bookingText } from "../rooms/bookings/text";
import { callText } from "../rooms/calls/text";
import { changeText } from "../rooms/changes/text";
import { conveyanceText } from "../rooms/conveyances/text";
import { dailyText } from "../rooms/daily/text";
import { declarationText } from "../rooms/declarations/text";
import { dutyText } from "../rooms/duty/text";
import { fieldText } from "../rooms/field/text";
import { alarmsText } from "../rooms/alarms/text";
import { sailingsText } from "../rooms/sailings/text";
import { rosterText } from "../rooms/roster/text";
import { indicatorsText } from "../rooms/indicators/text";
import { equipmentText } from "../rooms/equipment/text";
import { formatText } from "../rooms/formats/text";
import { gateText } from "../rooms/gate/text";
import { imageText } from "../rooms/images/text";
import { inspectionText } from "../rooms/inspections/text";
import { siteText } from "../rooms/site/text";
import { cluesText } from "../rooms/clues/text";
import { jointText } from "../rooms/joint/text";
import { manifestText } from "../rooms/manifests/text";
import { messageText } from "../rooms/messages/text";
import { roomNavText } from "../rooms/navigation";
import { orderText } from "../rooms/orders/text";
import { tallyText } from "../rooms/tallies/text";
import { ruleText } from "../rooms/rules/text";
import { sampleText } from "../rooms/samples/text";
import { sharingText } from "../rooms/sharing/text";
import { terminalText } from "../rooms/terminal/text";
import { sharedText } from "../rooms/text";
import { transhipmentText } from "../rooms/transhipments/text";
import { dischargeText } from "../rooms/workorders/dischargeText";
import { loadingText } from "../rooms/workorders/loadingText";
import { define } from "./define";
import { register } from "./index";

export const rooms = define({
  ...roomNavText,
  ...sharedText,
  ...callText,
  ...manifestText,
  ...changeText,
  ...tallyText,
  ...transhipmentText,
  ...conveyanceText,
  ...messageText,
  ...agreementText,
  ...fieldText,
  ...formatText,
  ...billText,
  ...dailyText,
  ...declarationText,
  ...dischargeText,
  ...loadingText,
  ...dutyText,
  ...orderText,
  ...bookingText,
  ...inspectionText,
  ...imageText,
  ...cluesText,
  ...siteText,
  ...sampleText,
  ...jointText,
  ...terminalText,
  ...gateText,
  ...ruleText,
  ...sharingText,
  ...alarmsText,
  ...indicatorsText,
  ...rosterText,
  ...sailingsText,
  ...equipmentText,
});

register(rooms);
