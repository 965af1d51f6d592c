"""What belongs together is of one company and one currency."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("quotes", "0002_rights"),
        ("catalog", "0002_rates"),
        ("files", "0002_rights"),
        ("opportunities", "0002_won_elsewhere"),
    ]
    operations: ClassVar = [
        Together("quotes_quote", "opportunity_id", "opportunities_opportunity"),
        Together("quotes_quoteline", "product_id", "catalog_product"),
        Together("quotes_quoteline", "version_id", "quotes_quoteversion"),
        Together("quotes_quoteversion", "quote_id", "quotes_quote"),
        Together("quotes_sending", "file_id", "files_storedfile"),
        Together("quotes_sending", "version_id", "quotes_quoteversion"),
    ]
