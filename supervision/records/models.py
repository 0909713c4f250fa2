"""The tables of the core: keys, offers, answers, seals, documents, the audit chain and the access log.

Rows hold no foreign key to the record they speak of but its label and UUID, so that the core knows nobody above it.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .encryption import EncryptedBytes, EncryptedJSON, EncryptedText
from .sealing import AppendOnly


class RecordKey(models.Model):
    """The data key of one record, wrapped by a master key. Empty once the record was disposed of."""

    record_id = models.UUIDField(primary_key=True)
    master_id = models.CharField(max_length=20)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now, editable=False)


class OfferQuerySet(models.QuerySet["Offer"]):
    def of(self, record: Any) -> OfferQuerySet:
        """Every offer of one record, newest first."""
        return self.filter(record_label=record.record_label, record_id=record.pk).order_by("-number")

    def open(self) -> OfferQuerySet:
        """Offers that still wait: neither closed nor sealed."""
        return self.filter(closed__isnull=True, seal__isnull=True)


class Offer(AppendOnly):
    """The exact content that its parties are asked to sign. Signing page, reading page and PDF are made from it."""

    class Rule(models.TextChoices):
        ALL_SIGNED = "all_signed", _("In force when every party has signed")
        ALL_ANSWERED = "all_answered", _("Closed when every party has signed or declined")
        LEAD_AND_ONE = (
            "lead_and_one",
            _("In force for each who signs, once the one who leads and one more have"),
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_label = models.CharField(max_length=60)
    record_id = models.UUIDField(db_index=True)
    number = models.PositiveIntegerField(help_text="1 for the first offer of a record, and so on.")
    kind = models.CharField(max_length=40, help_text="What the record is called, such as “Session record”.")
    rule = models.CharField(max_length=20, choices=Rule.choices)
    template = models.CharField(max_length=100, help_text="The template of its pages and its PDF.")
    schema = models.PositiveIntegerField(default=1, help_text="Which shape the content has.")
    content = EncryptedBytes(help_text="Canonical JSON, beginning with a random nonce.")
    digest = models.CharField(
        max_length=64, help_text="SHA-256 of the content; the nonce keeps it from being guessed."
    )
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(default=timezone.now, db_index=True)
    must_sign = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose signature is needed for a close: the one who wrote it.",
    )

    objects = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record_label", "record_id", "number"], name="offer_number")
        ]
        indexes = [models.Index(fields=["record_label", "record_id"])]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.record_id


class OfferParty(AppendOnly):
    """Who is asked to answer an offer, and in which part."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="parties")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "person"], name="party_once")]
        indexes = [models.Index(fields=["person", "offer"])]
        ordering = ["position"]


class OpenParty(models.Model):
    """That somebody is asked by an offer which is open: gone once that is closed or sealed. A summary of what stands beside it, so
    that what waits is found without reading all that was ever offered (decision 19)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "offer"], name="open_party_once")]


class OfferClosed(AppendOnly):
    """An offer that was taken back or changed before it was sealed. Its signatures stay and count for nothing."""

    class Why(models.TextChoices):
        TAKEN_BACK = "taken_back", _("Taken back")
        CHANGE_ASKED = "change_asked", _("A change was asked for")
        DECLINED = "declined", _("Declined")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="closed")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=20, choices=Why.choices)
    reason = EncryptedText()
    closed_at = models.DateTimeField(default=timezone.now, db_index=True)
    # Kept here too, so that the row can be decrypted without a join.
    record_id = models.UUIDField()

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.record_id


class Answer(AppendOnly):
    """One party's answer to an offer: signed, or declined with a reason. One each, and final."""

    class Kind(models.TextChoices):
        SIGNED = "signed", _("Signed")
        DECLINED = "declined", _("Declined to sign")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="answers")
    record_id = models.UUIDField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    digest = models.CharField(max_length=64, help_text="The digest of the offer that was on the page.")
    answered_at = models.DateTimeField(default=timezone.now, db_index=True)
    evidence = EncryptedJSON(
        help_text="Intent shown, typed name, local time and zone, how they were authenticated, address, browser."
    )
    statement = EncryptedText(help_text="The signer's own words, kept with the signature.")
    reason = EncryptedText(help_text="Why they declined, when they say.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "person"], name="answer_once")]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.record_id


class Seal(AppendOnly):
    """The end of an offer: from here the record never changes. Exactly one for a record."""

    class How(models.TextChoices):
        ALL_SIGNED = "all_signed", _("Signed by all")
        DECLINED = "declined", _("Closed after someone declined")
        CLOSED = "closed", _("Closed with the signatures given")
        EACH = "each", _("In force for each who has signed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    offer = models.OneToOneField(Offer, on_delete=models.PROTECT, related_name="seal")
    record_label = models.CharField(max_length=60)
    record_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    how = models.CharField(max_length=12, choices=How.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = EncryptedText(help_text="Why it was closed without every signature.")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=timezone.now, db_index=True)
    mac = models.CharField(max_length=64, help_text="Its mark in the chain, printed on the PDF.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_label", "record_id"], name="sealed_once")]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.record_id


class Document(AppendOnly):
    """The sealed PDF of a sealed record. Made once, never made again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, related_name="document")
    record_id = models.UUIDField()
    pdf = EncryptedBytes()
    sha256 = models.CharField(
        max_length=64, unique=True, help_text="Of the PDF file; the nonce inside keeps it unguessable."
    )
    size = models.PositiveIntegerField(help_text="Bytes")
    certificate = models.CharField(max_length=64, help_text="Fingerprint of the sealing certificate.")
    made_at = models.DateTimeField(default=timezone.now)

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.record_id


class Issued(AppendOnly):
    """The mark of a sealed PDF that is no record, such as a report: so that whoever holds it can check it after our own copy has gone.

    Nothing else is kept of it, and nothing says whom it was about.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64, unique=True, help_text="Of the PDF file.")
    kind = models.CharField(max_length=120, help_text="What it is called, such as “Audit packet”.")
    issued_at = models.DateTimeField(default=timezone.now)


class AuditEvent(AppendOnly):
    """One link of the audit chain. `covers` names the stored row whose bytes this link vouches for."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = models.UUIDField(null=True, help_text="The person, or nobody when the software itself acted.")
    action = models.CharField(max_length=60)
    record_label = models.CharField(max_length=60, blank=True)
    record_id = models.UUIDField(null=True, db_index=True)
    covers_label = models.CharField(max_length=60, blank=True)
    covers_id = models.CharField(max_length=36, blank=True)
    covers_mac = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict, help_text="Ids and log facts only, never words.")
    previous = models.CharField(max_length=64, unique=True)
    key_id = models.CharField(max_length=20)
    mac = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [models.Index(fields=["covers_label", "covers_id"])]


class ChainHead(models.Model):
    """Where the chain ends now. One row; whoever appends locks it."""

    name = models.CharField(max_length=20, primary_key=True)
    seq = models.BigIntegerField(default=0)
    mac = models.CharField(max_length=64)


class Opening(AppendOnly):
    """The access log: somebody opened or downloaded a record that has words of others in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Nobody where somebody who is not signed in checked a file.",
    )
    action = models.CharField(max_length=20, help_text="opened, downloaded, listed, exported or checked")
    record_label = models.CharField(max_length=60)
    record_id = models.UUIDField()
    why = models.CharField(
        max_length=60, help_text="What allowed it, such as “party” or “manager of the program”."
    )
    mac = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["record_id", "at"])]


class OpenedByOthers(models.Model):
    """That somebody who is no party to a record opened it, for each of its parties: where to look in the access log."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    record_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "record_id"], name="opened_by_others_once")]


class Draft(models.Model):
    """What one person has typed and not yet sent. Theirs alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    about = models.CharField(max_length=120, help_text="Which form, such as “records.offer:<id>”.")
    text = EncryptedJSON()
    saved_page = models.CharField(
        max_length=40,
        blank=True,
        help_text="The page whose words were saved: none are kept. Empty while some are.",
    )
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "about"], name="draft_once")]

    @property
    def encryption_id(self) -> uuid.UUID:
        return self.id
