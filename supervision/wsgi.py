"""The entry of the production server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supervision.settings")
application = get_wsgi_application()

from supervision.records import demo_people  # noqa: E402  (the settings are loaded by now)

demo_people.refuse_in_public_at_start()

# What is loaded by now stays: the collector need not go through it again and again.
gc.collect()
gc.freeze()
# A long page makes thousands of small lists at once and drops them all at its end: looked through every 700 of them, as by default,
# that took a tenth of its time.
gc.set_threshold(10_000, 10, 10)
