"""Sinch's codes of delivery reports: developers.sinch.com/docs/sms/api-reference/sms/tag/Delivery-reports.

None of them says that the person opted out.
"""

from messaging.carriers.code_table import CodeKind, CodeTable

TABLE = CodeTable(
    "SI",
    "https://developers.sinch.com/docs/sms/api-reference/sms/tag/Delivery-reports",
    {
        CodeKind.INBOX: {
            "HTTP401": "Sinch does not accept the API token",
            "HTTP403": "The Sinch account may not send this",
            "410": "The inbox’s number is not set up at Sinch",
            "413": "The Sinch account is blocked, or has no money left",
        },
        CodeKind.PERSON: {
            "402": "No network was found for this number",
            "404": "Not delivered for now; the person’s network may be busy",
            "408": "The network rejected the text",
            "412": "Texting to this region is not enabled at Sinch",
            "415": "The person’s network rejected the attachment",
            "416": "The person’s network does not accept attachments",
            "417": "The phone could not be reached",
            "418": "The phone does not understand the attachment",
        },
        CodeKind.OTHER: {
            "HTTP400": "Sinch could not read the text",
            "403": "An error inside Sinch",
            "405": "A parameter of the text has no value",
            "406": "Not sent within its validity period",
            "407": "Cancelled before it was sent",
            "411": "The text has too many parts",
            "414": "The attachment could not be fetched",
        },
    },
)
