"""A LinkedIn export: read with consent, public items only, and safe whatever the zip holds."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime

import pytest

from collectors.imports.land import import_file
from girafe.errors import InputInvalid
from girafe.records import Post, Profile
from tests.collectors.landed import landed
from warehouse.landing import landing_files, read_envelopes

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LINK = "https://www.linkedin.com/feed/update/urn%3Ali%3A{}%3A739000000000000000{}"
SHARES = (
    "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\r\n"
    f'2026-11-02 09:30:00,{LINK.format("share", 1)},"Proud of ""Ondine""\n\nJoin us!",,,PUBLIC\r\n'
    f'2026-11-02 10:30:00,{LINK.format("share", 2)},"for friends",,,MEMBER_NETWORK\r\n'
    f'2026-11-02 11:30:00,{LINK.format("ugcPost", 3)},"no word on who may see it",,,\r\n'
    f'not a date,{LINK.format("share", 4)},"undated",,,PUBLIC\r\n'
)
COMMENTS = (
    "Date,Link,Message\r\n"
    f'2026-11-03 10:00:00,{LINK.format("ugcPost", 9)},"He said \\"yes\\", then left"\r\n'
    f'2026-11-03 10:00:00,{LINK.format("share", 2)},"under a hidden post"\r\n'
    f'2026-11-03 10:00:00,{LINK.format("groupPost", 8)},"in a group"\r\n'
)
POSITIONS = (
    "Company Name,Title,Description,Location,Started On,Finished On\r\n"
    "Ondine,Engineer,,,Jan 2020,\r\nRivage,Intern,,,2018,2019\r\n"
)
CONSENT = 'account = "ada-m"\ngiven_on = 2026-11-01\npurpose = "to listen"\n'


@pytest.fixture
def land(tmp_path, data):
    def go(consent=CONSENT, **members):
        path = tmp_path / "export.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in members.items():
                packed.writestr(name, content)
        if consent:
            (tmp_path / "export.zip.consent.toml").write_text(consent)
        report = import_file(path, data, now=NOW)
        return report, landed(data)

    return go


def test_public_posts_comments_and_positions_are_read(land):
    report, records = land(
        **{"Shares.csv": SHARES, "a/Comments_17.csv": COMMENTS, "Positions.csv": POSITIONS}
    )
    assert [record.text for record in records if isinstance(record, Post)] == [
        'Proud of "Ondine"\n\nJoin us!',
        'He said "yes", then left',
    ]
    [profile] = [record for record in records if isinstance(record, Profile)]
    assert profile.account.bio == "Engineer at Ondine\nFormer Intern at Rivage"
    assert report.rejected == {"payload_changed": 1}  # the undated post


@pytest.mark.parametrize("consent", ["", 'account = "ada"', "given_on = 2026-11-01", "not toml ["])
def test_without_recorded_consent_nothing_is_read(land, data, consent):
    with pytest.raises(InputInvalid, match=r"consent\.toml"):
        land(consent, **{"Shares.csv": SHARES})
    assert not landing_files(data.landing)


def test_what_concerns_other_people_is_never_opened(land, data):
    land(
        **{
            "Shares.csv": SHARES,
            "Connections.csv": "SECRET",
            "messages.csv": "SECRET",
            "Profile.csv": "SECRET",
        }
    )
    landed = b"".join(str(list(read_envelopes(path))).encode() for path in landing_files(data.landing))
    assert b"SECRET" not in landed
    assert b"for friends" not in landed


def test_a_path_that_climbs_out_writes_nothing_outside(land, tmp_path):
    before = {path for path in tmp_path.rglob("*") if "data" not in path.parts}
    land(**{"../../../Shares.csv": SHARES, "/etc/Comments.csv": COMMENTS})
    after = {path for path in tmp_path.rglob("*") if "data" not in path.parts}
    assert {path.name for path in after - before} == {"export.zip", "export.zip.consent.toml"}


def test_a_damaged_zip_is_refused_in_plain_words(tmp_path, data):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("Shares.csv", SHARES)
    content = bytearray(path.read_bytes())
    content[60:80] = b"\x00" * 20
    path.write_bytes(content)
    (tmp_path / "export.zip.consent.toml").write_text(CONSENT)
    with pytest.raises(InputInvalid, match="unpacked"):
        import_file(path, data, now=NOW)
