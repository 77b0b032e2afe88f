"""Vonage's error codes: of delivery receipts (VN-9), and of the answer to a send (VN-S9).

developer.vonage.com/messaging/sms/guides/delivery-receipts, …/troubleshooting-sms.
"""

from messaging.carriers.code_table import CodeKind, CodeTable

TABLE = CodeTable(
    "VN",
    "https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts",
    {
        CodeKind.INBOX: {
            "401": "Vonage does not accept the API key and secret",
            "S4": "Vonage does not accept the API key and secret",
            "S8": "The Vonage account is suspended",
            "S9": "The Vonage account has no money left",
            "S11": "The Vonage account is not set up for texts",
            "S15": "The inbox’s number may not send at Vonage",
            "51": "The sender is not registered for this country",
        },
        CodeKind.FILTER: {
            "6": "Filtered as spam by the person’s network",
            "52": "Filtered, because the content is not registered for this country",
        },
        CodeKind.PERSON: {
            "2": "The phone could not be reached for now",
            "3": "The number is no longer in service",
            "4": "The person’s network bars texts to this number",
            "5": "The number moved to another network, and could not be found",
            "7": "The phone could not take the text for now",
            "8": "The person’s network had an error",
            "9": "The person opted out at the carrier",
            "11": "No network was found for this number",
            "12": "No network was found for this number",
            "13": "The person’s age does not allow the text",
            "14": "The person’s plan does not include texts",
            "15": "The person’s prepaid card has no money left",
            "53": "This person’s consent is not registered for this country",
            "S6": "The number is not valid at Vonage",
            "S7": "The number is blocked at Vonage",
            "S22": "The network of this number was not recognized",
            "S29": "A trial account may text registered numbers only",
            "S33": "The number is no longer in service",
        },
        CodeKind.OTHER: {
            "1": "The network gave no reason",
            "10": "The network could not read the text",
            "50": "The business is not registered for this country",
            "54": "A rule of this country does not allow the text",
            "99": "The network had an error",
            "S1": "Too many texts of the account at once",
            "S2": "Vonage misses a part of the text",
            "S3": "Vonage could not read the text",
            "S5": "An error inside Vonage",
            "S12": "The text is too long",
        },
    },
)
