"""Telnyx's error codes: developers.telnyx.com/docs/messaging/messages/error-codes, and the general ones of its API."""

from messaging.carriers.code_table import CodeKind, CodeTable

TABLE = CodeTable(
    "TX",
    "https://developers.telnyx.com/docs/messaging/messages/error-codes",
    {
        CodeKind.INBOX: {
            "401": "Telnyx does not accept the API key",
            "10009": "Telnyx does not accept the API key",
            "10010": "The API key may not do this at Telnyx",
            "20100": "The Telnyx account has no money left",
            "40010": "The sender’s number is not registered for US business texting (A2P 10DLC)",
            "40013": "The inbox’s number is not valid at Telnyx",
            "40100": "The inbox’s number cannot send texts",
            "40305": "The inbox’s number is not in the messaging profile",
            "40306": "The alphanumeric sender is not set up at Telnyx",
            "40312": "The messaging profile is disabled",
            "40314": "Messaging is disabled for the Telnyx account",
            "40315": "Telnyx stopped the inbox’s number for low deliverability or spam",
            "40320": "The inbox’s number cannot be used yet",
            "40321": "The messaging profile has no number that can send",
            "40329": "The toll-free number is not verified",
            "40333": "The spending limit of the messaging profile is reached",
        },
        CodeKind.FILTER: {
            "40002": "Filtered as spam by the person’s network, for now",
            "40003": "Filtered as spam by the person’s network",
            "40015": "Filtered as spam by Telnyx",
        },
        CodeKind.PERSON: {
            "40001": "A landline, or a number that texts do not reach",
            "40004": "The person’s network rejected the text",
            "40005": "Not delivered within its validity period",
            "40006": "The person’s network is out of service",
            "40008": "The person’s network did not accept the text",
            "40012": "The number is not valid at Telnyx",
            "40300": "The person opted out at the carrier",
            "40301": "This kind of text cannot be sent to this number",
            "40309": "Texting to this country is not enabled at Telnyx",
            "40310": "The number is not valid at Telnyx",
            "40319": "This kind of text cannot be sent to this number",
        },
        CodeKind.OTHER: {
            "40009": "The person’s network does not accept these words or characters",
            "40011": "More texts than the network allows this sender",
            "40014": "Not sent within its validity period",
            "40302": "The text is too long",
            "40308": "The inbox’s number cannot send attachments",
            "40316": "The text has neither words nor an attachment",
            "40317": "The attachments are too many, too large, or cannot be fetched",
            "40318": "Too many texts are queued at Telnyx",
        },
    },
)
