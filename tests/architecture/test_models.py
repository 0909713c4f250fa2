"""Every table is said to be mutable, append-only or signed; every field of words is encrypted or plain for a reason."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from supervision.records.encryption import EncryptedField
from supervision.records.sealing import AppendOnly, RecordPart, SignedRecord, StepRecord

OURS = {
    "records",
    "people",
    "notices",
    "requirements",
    "hours",
    "agreements",
    "competencies",
    "supervision_sessions",
    "notes",
    "performance",
    "concerns",
    "reports",
    "imports",
    "portfolio",
    "retention",
    "disclosure",
    "handover",
    "overview",
    "demo",
    "jobs",
    "guidance",
}

MUTABLE = {
    "records.recordkey": "rewrapped when master keys rotate, emptied by disposal",
    "records.chainhead": "moves with every link of the chain",
    "records.draft": "what one person is still typing",
    "people.agency": "what the agency has settled",
    "people.user": "an account",
    "people.credential": "kept up to date, by administrators or by whoever holds it",
    "people.program": "may be renamed or closed",
    "people.place": "gets an end date",
    "people.management": "gets an end date",
    "people.arrangement": "gets an end date",
    "people.participation": "gets an end date",
    "people.away": "may be corrected",
    "people.invitation": "is used once",
    "people.emailchange": "is stopped or done",
    "people.setuptoken": "is used once",
    "people.calendarfeed": "an address is made, replaced and stopped",
    "handover.handover": "which may be chosen again",
    "handover.handedover": "is taken back",
    "people.standing": "a summary that can be rebuilt",
    "people.recentsessions": "a summary that can be rebuilt",
    "records.openparty": "a summary that can be rebuilt",
    "records.openedbyothers": "a summary that can be rebuilt",
    "supervision_sessions.openaction": "a summary that can be rebuilt",
    "requirements.requirementset": "goes again while it applied nowhere; what it says never changes",
    "requirements.inforce": "gets a last day",
    "notices.suggestion": "is taken or dismissed",
    "notices.reminder": "is mailed, seen, and let go of",
    "notices.reminderchoices": "one's own to change",
    "agreements.agreementtemplate": "an edition is prepared, published, and the whole retired",
    "supervision_sessions.matter": "its words until both agree; then they were sent, and no operation changes them",
    "competencies.goal": "its owner's own to change and to end",
    "competencies.framework": "what is loaded, before it is published, and whether it is retired",
    "competencies.trainingentry": "its owner's own to change and to remove",
    "competencies.trainingarea": "chosen anew with its entry",
    "competencies.evidencefile": "its owner's own to remove",
    "competencies.goalreader": "named as a goal is shared, gone as it is taken back",
    "competencies.goalstep": "changed and ticked by the owner of the goal",
    "competencies.sheet": "its person's own to change until the round closes; its length and its key stay the same",
    "competencies.programanswer": "one's own ratings, changed until it closes",
    "competencies.programaction": "given to somebody, changed and ended; its events say how",
    "concerns.letterreader": "named as a letter is shown, gone as that is taken back",
    "notes.note": "its author's own to change and to remove",
    "performance.descriptiondraft": "is written until it is put in force",
    "reports.report": "is being made, then ready, then removed",
    "reports.choice": "its owner's own to change and to remove",
    "imports.import": "is looked at, brought in or left; then what was in it is gone",
    "imports.imported": "what came of an import",
    "supervision_sessions.importedmeeting": "brought in from before, and taken back with its file; signed by nobody",
    "supervision_sessions.importedattendee": "goes with its meeting",
    "retention.rule": "what the agency has settled",
    "retention.disposalitem": "is removed, or left, when its list is carried out",
    "portfolio.export": "is being made, then ready, then removed",
    "portfolio.leavinglink": "is stopped when a newer one is sent",
    "guidance.silencedhint": "comes and goes as its person likes",
    "jobs.lease": "renewed while a job runs",
    "jobs.dailyrun": "which day was done",
}

# Text that is stored in the clear, each with its reason. Everything else that holds words is encrypted (decision 14).
FACTS = "log fact or choice from a list"
IDENTITY = "who somebody is; needed to sign in, to find and to name them"
RULES = "what a law or a contract asks for; about nobody"
MARK = "digest, mark or id; says nothing"
PLAIN = {
    "records.recordkey.master_id": MARK,
    "records.recordkey.wrapped": "a key, encrypted by a master key",
    "records.draft.saved_page": "the random token of a page",
    "records.offer.record_label": FACTS,
    "records.offer.kind": FACTS,
    "records.offer.rule": FACTS,
    "records.offer.template": FACTS,
    "records.offer.digest": MARK,
    "records.offerparty.part": FACTS,
    "records.offerclosed.why": FACTS,
    "records.answer.part": FACTS,
    "records.answer.kind": FACTS,
    "records.answer.digest": MARK,
    "records.seal.record_label": FACTS,
    "records.seal.kind": FACTS,
    "records.seal.how": FACTS,
    "records.seal.digest": MARK,
    "records.seal.mac": MARK,
    "records.document.sha256": MARK,
    "records.issued.sha256": MARK,
    "records.issued.kind": FACTS,
    "records.document.certificate": MARK,
    "records.auditevent.action": FACTS,
    "records.auditevent.record_label": FACTS,
    "records.auditevent.covers_label": FACTS,
    "records.auditevent.covers_id": MARK,
    "records.auditevent.covers_mac": MARK,
    "records.auditevent.facts": "ids and log facts only, by contract of audit.record",
    "records.auditevent.previous": MARK,
    "records.auditevent.key_id": MARK,
    "records.auditevent.mac": MARK,
    "records.chainhead.name": FACTS,
    "records.chainhead.mac": MARK,
    "records.opening.action": FACTS,
    "records.opening.record_label": FACTS,
    "records.opening.why": FACTS,
    "records.opening.mac": MARK,
    "records.draft.about": "which form, with ids only",
    "requirements.requirementset.key": MARK,
    "requirements.requirementset.title": RULES,
    "requirements.requirementset.source": RULES,
    "requirements.requirementset.content": RULES,
    "people.recentsessions.kept": FACTS,
    "people.agency.name": IDENTITY,
    "people.agency.time_zone": FACTS,
    "people.agency.holiday_country": FACTS,
    "people.user.email": IDENTITY,
    "people.user.password": "hashed with Argon2",
    "people.user.name": IDENTITY,
    "people.user.preferred_name": IDENTITY,
    "people.user.pronouns": IDENTITY,
    "people.user.job_title": IDENTITY,
    "people.user.job_role": FACTS,
    "people.user.time_zone": FACTS,
    "people.user.language": FACTS,
    "people.user.theme": FACTS,
    "people.credential.name": "a log fact of domain 8: credentials",
    "people.credential.issuer": "a log fact of domain 8: credentials",
    "people.program.name": IDENTITY,
    "people.arrangement.structure": FACTS,
    "people.arrangement.focus": FACTS,
    "people.participation.part": FACTS,
    "people.emailchange.new_email": IDENTITY,
    "people.emailchange.old_email": IDENTITY,
    "people.setuptoken.digest": MARK,
    "people.calendarfeed.digest": MARK,
    "notices.suggestion.kind": FACTS,
    "notices.suggestion.source_label": FACTS,
    "notices.reminder.notice": FACTS,
    "notices.reminder.path": "the page that one is led to",
    "notices.reminder.once": "a kind, an id and a day",
    "notices.reminder.state": FACTS,
    "notices.reminderchoices.how": "the keys of choices",
    "reports.choice.name": "what its owner calls it, for themself: it is of programs and dates",
    "reports.choice.kind": FACTS,
    "reports.choice.period": FACTS,
    "agreements.agreementtemplate.name": "the agency's template; nobody's words",
    "agreements.agreementtemplate.body": "the agency's template; nobody's words",
    "agreements.templateedition.name": "the agency's template; nobody's words",
    "agreements.templateedition.body": "the agency's template; nobody's words",
    "agreements.agreement.template_name": FACTS,
    "agreements.agreement.because": FACTS,
    "agreements.agreementparty.part": FACTS,
    "agreements.clause.key": FACTS,
    "agreements.clause.title": "from the agency's template; nobody's words",
    "agreements.turn.kind": FACTS,
    "agreements.accession.part": FACTS,
    "supervision_sessions.session.state": FACTS,
    "supervision_sessions.session.structure": FACTS,
    "supervision_sessions.session.focus": FACTS,
    "supervision_sessions.session.time_zone": FACTS,
    "supervision_sessions.session.modality": FACTS,
    "supervision_sessions.session.purposes": FACTS,
    "supervision_sessions.session.methods": FACTS,
    "supervision_sessions.session.state_why": FACTS,
    "supervision_sessions.attendee.part": FACTS,
    "supervision_sessions.attendance.part": FACTS,
    "supervision_sessions.agendaitem.category": FACTS,
    "supervision_sessions.agendaitem.focus": FACTS,
    "supervision_sessions.actionevent.kind": FACTS,
    "supervision_sessions.observation.state": FACTS,
    "supervision_sessions.observation.kind": FACTS,
    "supervision_sessions.matter.state": FACTS,
    "supervision_sessions.matter.kind": FACTS,
    "supervision_sessions.matter.about": FACTS,
    "supervision_sessions.matterreply.kind": FACTS,
    "competencies.framework.key": "what a framework is called in its file; nobody's words",
    "competencies.framework.draft": "a framework of competencies; nobody's words",
    "competencies.frameworkversion.title": "a framework of competencies; nobody's words",
    "competencies.frameworkversion.about": FACTS,
    "competencies.frameworkversion.content": "a framework of competencies; nobody's words",
    "competencies.frameworkversion.digest": MARK,
    "competencies.assessment.ended_how": FACTS,
    "competencies.goal.about_kind": FACTS,
    "competencies.trainingentry.kind": FACTS,
    "competencies.trainingarea.statement": "the id of a statement of a framework; nobody's words",
    "competencies.evidencefile.type": FACTS,
    "competencies.goal.ended_how": FACTS,
    "competencies.programasked.group": FACTS,
    "competencies.programaction.statement": "the id of a statement of a framework; nobody's words",
    "competencies.programaction.ended_how": FACTS,
    "competencies.programactionevent.kind": FACTS,
    "concerns.concern.shared_as": "as what somebody receives it; set with the sharing",
    "concerns.concern.instead": "why it goes to another than the line manager; set with the sharing",
    "concerns.concern.ended_as": FACTS,
    "notes.note.kind": FACTS,
    "notes.note.about_kind": FACTS,
    "performance.performancenote.author_as": FACTS,
    "performance.performancenote.kind": FACTS,
    "reports.report.kind": FACTS,
    "reports.report.state": FACTS,
    "imports.import.kind": FACTS,
    "imports.import.state": FACTS,
    "imports.imported.kind": FACTS,
    "imports.imported.reference": MARK,
    "supervision_sessions.importedmeeting.modality": FACTS,
    "supervision_sessions.importedmeeting.reference": MARK,
    "supervision_sessions.importedattendee.part": FACTS,
    "retention.rule.kind": FACTS,
    "disclosure.disclosure.kinds": FACTS,
    "disclosure.disclosure.basis_kind": FACTS,
    "disclosure.disclosure.ended_as": FACTS,
    "disclosure.disclosure.sha256": MARK,
    "disclosure.disclosureitem.kind": FACTS,
    "disclosure.disclosureitem.people": "ids",
    "handover.handedover.kind": FACTS,
    "retention.disposal.kind": FACTS,
    "retention.disposal.why": FACTS,
    "portfolio.export.kind": FACTS,
    "portfolio.export.state": FACTS,
    "portfolio.export.parts": FACTS,
    "portfolio.export.notes": "ids",
    "guidance.silencedhint.hint": "which hint; never about which words",
    "jobs.lease.worker": MARK,
    "jobs.dailyrun.name": FACTS,
}

HOLDS_TEXT = (models.CharField, models.TextField, models.JSONField, models.FileField, models.BinaryField)


SAYS_SO = (AppendOnly, SignedRecord, RecordPart, StepRecord)


def _ours() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m._meta.app_label in OURS]


def test_every_model_says_how_it_may_change():
    said = {m._meta.label_lower for m in _ours() if issubclass(m, SAYS_SO)}
    unsaid = {m._meta.label_lower for m in _ours()} - said - MUTABLE.keys()
    assert unsaid == set()
    assert said & MUTABLE.keys() == set()


def test_every_field_of_words_is_encrypted_or_plain_for_a_reason():
    plain = {
        f"{m._meta.label_lower}.{f.name}"
        for m in _ours()
        for f in m._meta.concrete_fields
        if isinstance(f, HOLDS_TEXT) and not isinstance(f, EncryptedField)
    }
    assert plain - PLAIN.keys() == set()


def test_the_lists_name_nothing_that_is_gone():
    labels = {m._meta.label_lower for m in _ours()}
    fields = {f"{m._meta.label_lower}.{f.name}" for m in _ours() for f in m._meta.concrete_fields}
    assert MUTABLE.keys() - labels == set()
    assert PLAIN.keys() - fields == set()


def test_every_time_of_an_act_names_who_did_it():
    """`*_at` and `*_by` come in pairs where a person acts (architecture 9)."""
    lonely = []
    for model in _ours():
        names = {f.name for f in model._meta.concrete_fields}
        lonely += [
            f"{model._meta.label_lower}.{n}"
            for n in names
            if n.endswith("_by") and n[:-3] + "_at" not in names
        ]
    allowed = {
        "people.arrangement.made_by",  # started_on says when
        "supervision_sessions.session.planned_by",  # the audit chain says when
        "supervision_sessions.agendaitem.raised_by",
        "concerns.concern.raised_by",  # begun_at says when
    }
    assert set(lonely) - allowed == set()


def test_there_is_no_field_for_anybodys_health():
    words = ("diagnos", "medic", "treatment", "wellness", "symptom", "emergency", "therap")
    found = [
        f"{m._meta.label_lower}.{f.name}"
        for m in _ours()
        for f in m._meta.concrete_fields
        if any(word in f.name.lower() for word in words)
    ]
    assert found == []
