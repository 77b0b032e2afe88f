"""Plivo's error codes: plivo.com/docs/messaging/troubleshooting/error-codes."""

from messaging.carriers.code_table import CodeKind, CodeTable

TABLE = CodeTable(
    "PL",
    "https://www.plivo.com/docs/messaging/troubleshooting/error-codes",
    {
        CodeKind.INBOX: {
            "401": "Plivo does not accept the auth ID and token",
            "40": "The inbox’s number is not valid at Plivo, or cannot send texts",
            "900": "The Plivo account has no money left",
            "910": "The Plivo account is disabled",
        },
        CodeKind.FILTER: {
            "30": "Filtered as spam by the person’s network",
        },
        CodeKind.PERSON: {
            "50": "The number is not valid, a landline, or cannot receive texts",
            "60": "Blocked, because the same texts went back and forth in a loop",
            "70": "The number is no longer in service",
            "80": "The phone could not be reached: off, or out of reach",
            "90": "No network was found for this number",
            "100": "The person’s network does not accept texts",
            "200": "The person opted out at the carrier",
            "201": "Toll-free numbers of the USA cannot text Canada",
            "450": "Texting to this country is not enabled at Plivo",
        },
        CodeKind.OTHER: {
            "400": "Plivo could not read the text",
            "10": "The network could not read the text",
            "20": "The network had an error",
            "110": "The text is too long",
            "300": "Plivo could not pass the text on",
            "420": "Not delivered within its validity period",
            "1000": "The network gave no reason",
        },
    },
)
