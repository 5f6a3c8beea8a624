"""The personal fields of a case: class, purpose and scrubber of each."""

from __future__ import annotations

from salus.trust.privacy import PersonalField, PrivacyClass, mask_all, mask_phone, register

_WHY = "To find what made people ill, and to reach them"
_OPEN = "To count the ill by place and time"

for _entry in (
    PersonalField("gather.case", "name_sealed", PrivacyClass.IDENTITY, _WHY, mask_all),
    PersonalField("gather.case", "telephone_sealed", PrivacyClass.CONTACT, _WHY, mask_phone),
    PersonalField("gather.case", "street_sealed", PrivacyClass.CONTACT, _WHY, mask_all),
    PersonalField("gather.case", "health_sealed", PrivacyClass.HEALTH, _WHY, mask_all),
    PersonalField("gather.parkedrow", "sealed", PrivacyClass.IDENTITY, _WHY, mask_all),
    PersonalField("gather.case", "match", PrivacyClass.IDENTITY, "To see that two reports are of one", mask_all, False),
    PersonalField("gather.case", "zone_number", PrivacyClass.HEALTH, _OPEN, mask_all, False),
    PersonalField("gather.case", "work_zone_number", PrivacyClass.HEALTH, _OPEN, mask_all, False),
    PersonalField("gather.case", "onset_at", PrivacyClass.HEALTH, _OPEN, mask_all, False),
    PersonalField("gather.case", "laboratory", PrivacyClass.HEALTH, _OPEN, mask_all, False),
):
    register(_entry)
