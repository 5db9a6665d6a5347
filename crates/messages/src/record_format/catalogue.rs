//! The codes that reading a flat file can give.

use codes::Severity;

use crate::catalogue::{CodeInfo, codes as list};

list! {
    UNVERIFIED = "EDI-REC-UNVERIFIED", Info, "格式说明未经核对", "Description not verified",
        "The description of this file format was not compared with a handbook of a port: none was published.",
        "与发送方核对字段位置后，使用自己的格式说明。", "Compare the fields with the sender, and use a description of your own.";
    UNKNOWN = "EDI-REC-UNKNOWN", Warning, "记录类型未知", "Unknown kind of record",
        "The record has an id that the description does not have. It is kept and passed over.",
        "与发送方核对，必要时补充格式说明。", "Ask the sender what it is, and add it to the description where it matters.";
    MISSING = "EDI-REC-MISSING", Error, "缺少记录", "Record missing",
        "The description asks for a kind of record that the file does not have.",
        "补充该记录。", "Add the record.";
    REPEATED = "EDI-REC-REPEATED", Error, "记录重复过多", "Record too often",
        "A kind of record stands more often than the description allows.",
        "删除多余的记录。", "Remove the surplus records.";
    ORDER = "EDI-REC-ORDER", Error, "记录顺序不符", "Record out of order",
        "The record says something about a bill, goods or a container, and none was begun before it.",
        "将该记录放在所属提单、货物或集装箱的记录之后。", "Put it behind the record of the bill, goods or container it belongs to.";
    LONG = "EDI-REC-LONG", Error, "记录过长", "Record too long",
        "A record has more bytes than any record of this kind of file can have; often a terminator is missing.",
        "检查记录结束符。", "Check the terminators.";
    TOO_MANY = "EDI-REC-TOO-MANY", Error, "记录过多", "Too many records",
        "The file has more records than are read.",
        "拆分文件。", "Split the file.";
    CUT = "EDI-REC-CUT", Error, "文件末尾不完整", "File cut off",
        "The last record has no terminator: the file was probably cut on its way.",
        "重新发送完整文件。", "Send the whole file again.";
    COUNT = "EDI-REC-COUNT", Error, "记录数不符", "Wrong number of records",
        "The trailer names another number of records than the file has.",
        "重新发送完整文件，或更正记录数。", "Send the whole file again, or correct the number.";
    FIELD_MISSING = "EDI-REC-FIELD-MISSING", Error, "缺少字段", "Field missing",
        "A field that must be there is absent or blank.",
        "填写该字段。", "Fill the field in.";
    FIELD_VALUE = "EDI-REC-FIELD-VALUE", Error, "字段内容不正确", "Field not valid",
        "The field is not of the type that the description gives it: a number, a mass, a code.",
        "按格式说明更正该字段。", "Correct the field as the description has it.";
    FIELD_CODE = "EDI-REC-FIELD-CODE", Error, "代码未知", "Unknown code",
        "The description lists the codes of this field, and this one is not among them.",
        "使用格式说明中的代码。", "Use a code of the description.";
    FIELD_LONG = "EDI-REC-FIELD-LONG", Error, "字段过长", "Field too long",
        "The field has more characters than the description allows.",
        "缩短该字段。", "Shorten the field.";
    CHARSET = "EDI-REC-CHARSET", Error, "字符集不符", "Wrong character set",
        "The bytes of the field are no text in the character set of the description.",
        "以约定的字符集发送。", "Send the agreed character set.";
    DUPLICATE = "EDI-REC-BILL-DUPLICATE", Error, "文件内提运单号重复", "Bill twice in the file",
        "Two records begin a bill with the same number.",
        "合并或更正重复的提运单。", "Merge the two or correct one number.";
    CALL = "EDI-REC-CALL", Error, "未说明船舶航次", "Ship's call not named",
        "A manifest must name the voyage together with a ship name, IMO number or call sign.",
        "填写船名与航次。", "Give ship and voyage.";
}
