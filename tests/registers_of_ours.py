"""Register files made by us, in the dialects of the real ones and with the same traps.

Every row carries planted names of people where the real files carry real ones: no reader may let them through.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence

PLANTED = "Planted Person"
type Cells = dict[str, str]

NZ_COLUMNS = [
    "School ID",
    "Name",
    "Telephone",
    "Fax",
    "Email^",
    "Principal*",
    "School website",
    "Street",
    "Suburb",
    "City",
    "Postal Address 1",
    "Postal Address 2",
    "Postal Address 3",
    "Postal Code",
    "Urban Area",
    "School Type",
    "Definition",
    "Authority",
    "Gender of Students",
    "Territorial Authority with Auckland Local Board",
    "Regional Council",
    "Ministry of Education Local Office",
    "Education Region",
    "General Electorate",
    "Maori Electorate",
    "Census Area Unit",
    "Ward",
    "Community of Learning: ID",
    "Community of Learning: Name",
    "Longitude ",
    "Latitude",
    "Decile",
    "Total School Roll",
    "European/ Pakeha",
    "Maori",
    "Pasifika",
    "Asian",
    "MELAA",
    "Other",
    "International Students",
]

_GIAS_START = [
    "URN",
    "LA (code)",
    "LA (name)",
    "EstablishmentNumber",
    "EstablishmentName",
    "TypeOfEstablishment (code)",
    "TypeOfEstablishment (name)",
    "EstablishmentTypeGroup (code)",
    "EstablishmentTypeGroup (name)",
    "EstablishmentStatus (code)",
    "EstablishmentStatus (name)",
    "ReasonEstablishmentOpened (code)",
    "ReasonEstablishmentOpened (name)",
    "OpenDate",
    "ReasonEstablishmentClosed (code)",
    "ReasonEstablishmentClosed (name)",
    "CloseDate",
    "PhaseOfEducation (code)",
    "PhaseOfEducation (name)",
    "StatutoryLowAge",
    "StatutoryHighAge",
    "Boarders (code)",
    "Boarders (name)",
    "NurseryProvision (name)",
    "OfficialSixthForm (code)",
    "OfficialSixthForm (name)",
    "Gender (code)",
    "Gender (name)",
    "ReligiousCharacter (code)",
    "ReligiousCharacter (name)",
    "ReligiousEthos (name)",
    "Diocese (code)",
    "Diocese (name)",
    "AdmissionsPolicy (code)",
    "AdmissionsPolicy (name)",
    "SchoolCapacity",
    "SpecialClasses (code)",
    "SpecialClasses (name)",
    "CensusDate",
    "NumberOfPupils",
    "NumberOfBoys",
    "NumberOfGirls",
    "PercentageFSM",
    "TrustSchoolFlag (code)",
    "TrustSchoolFlag (name)",
    "Trusts (code)",
    "Trusts (name)",
    "SchoolSponsorFlag (name)",
    "SchoolSponsors (name)",
    "FederationFlag (name)",
    "Federations (code)",
    "Federations (name)",
    "UKPRN",
    "FEHEIdentifier",
    "FurtherEducationType (name)",
    "OfstedLastInsp",
    "OfstedSpecialMeasures (code)",
    "OfstedSpecialMeasures (name)",
    "LastChangedDate",
    "Street",
    "Locality",
    "Address3",
    "Town",
    "County (name)",
    "Postcode",
    "SchoolWebsite",
    "TelephoneNum",
    "HeadTitle (name)",
    "HeadFirstName",
    "HeadLastName",
]
_GIAS_2018 = [
    "HeadHonours",
    "HeadPreferredJobTitle",
    "InspectorateName (name)",
    "InspectorateReport",
    "DateOfLastInspectionVisit",
    "NextInspectionVisit",
    "TeenMoth (name)",
    "TeenMothPlaces",
    "CCF (name)",
    "SENPRU (name)",
    "EBD (name)",
    "PlacesPRU",
    "FTProv (name)",
    "EdByOther (name)",
    "Section41Approved (name)",
    "SEN1 (name)",
]
_GIAS_SINCE = [
    "HeadPreferredJobTitle",
    "BSOInspectorateName (name)",
    "InspectorateReport",
    "DateOfLastInspectionVisit",
    "NextInspectionVisit",
    "TeenMoth (name)",
    "TeenMothPlaces",
    "CCF (name)",
    "SENPRU (name)",
    "EBD (name)",
    "PlacesPRU",
    "FTProv (name)",
    "EdByOther (name)",
    "Section41Approved (name)",
    "SEN1 (name)",
    "SEN2 (name)",
    "SEN3 (name)",
    "SEN4 (name)",
    "SEN5 (name)",
    "SEN6 (name)",
    "SEN7 (name)",
    "SEN8 (name)",
    "SEN9 (name)",
    "SEN10 (name)",
    "SEN11 (name)",
    "SEN12 (name)",
    "SEN13 (name)",
]
_GIAS_PLACE = [
    "TypeOfResourcedProvision (name)",
    "ResourcedProvisionOnRoll",
    "ResourcedProvisionCapacity",
    "SenUnitOnRoll",
    "SenUnitCapacity",
    "GOR (code)",
    "GOR (name)",
    "DistrictAdministrative (code)",
    "DistrictAdministrative (name)",
    "AdministrativeWard (code)",
    "AdministrativeWard (name)",
    "ParliamentaryConstituency (code)",
    "ParliamentaryConstituency (name)",
    "UrbanRural (code)",
    "UrbanRural (name)",
    "GSSLACode (name)",
    "Easting",
    "Northing",
]
_GIAS_END = [
    "MSOA (name)",
    "LSOA (name)",
    "InspectorateName (name)",
    "SENStat",
    "SENNoStat",
    "BoardingEstablishment (name)",
    "PropsName",
    "PreviousLA (code)",
    "PreviousLA (name)",
    "PreviousEstablishmentNumber",
    "OfstedRating (name)",
    "RSCRegion (name)",
    "Country (name)",
    "UPRN",
    "SiteName",
]
_GIAS_LAST = [
    "QABName (code)",
    "QABName (name)",
    "EstablishmentAccredited (code)",
    "EstablishmentAccredited (name)",
    "QABReport",
    "CHNumber",
    "MSOA (code)",
    "LSOA (code)",
]
_WARD = "CensusAreaStatisticWard (name)"

GIAS_COLUMNS: dict[int, list[str]] = {
    2018: [
        *(*_GIAS_START, *_GIAS_2018, *_GIAS_PLACE, _WARD),
        *("Inspectorate (name)" if name == "InspectorateName (name)" else name for name in _GIAS_END),
    ],
    2021: [*_GIAS_START, *_GIAS_SINCE, *_GIAS_PLACE, _WARD, *_GIAS_END, *_GIAS_LAST],
    2023: [*_GIAS_START, *_GIAS_SINCE, *_GIAS_PLACE, *_GIAS_END, *_GIAS_LAST, "FSM", "AccreditationExpiryDate"],
}
_NOT_IN_SEARCH = {
    *(
        "OfstedSpecialMeasures (name)",
        "BoardingEstablishment (name)",
        "PreviousLA (name)",
        "PreviousEstablishmentNumber",
    ),
    "AccreditationExpiryDate",
}
GIAS_SEARCH_COLUMNS = [
    name
    for name in (*GIAS_COLUMNS[2023], "Linked establishments")
    if name not in _NOT_IN_SEARCH
    and (not name.endswith("(code)") or name in ("LA (code)", "MSOA (code)", "LSOA (code)"))
]

_KNOWN = {*NZ_COLUMNS, *GIAS_COLUMNS[2018], *GIAS_COLUMNS[2021], *GIAS_COLUMNS[2023], *GIAS_SEARCH_COLUMNS}

_NZ_SCHOOL: Cells = {
    "School ID": "9001",
    "Name": "Kauri Point School",
    "Email^": f"{PLANTED}@example.org",
    "Principal*": PLANTED,
    "School website": "http://www.kauripoint.example.nz",
    "Street": "12 Harbour Road",
    "Suburb": "Kauri Point",
    "City": "Whangarei",
    "Postal Address 1": "PO Box 9",
    "Postal Code": "0112",
    "Urban Area": "Main Urban Area",
    "School Type": "Full Primary",
    "Definition": "Not Applicable",
    "Authority": "State: Not integrated",
    "Gender of Students": "Co-Educational",
    "Territorial Authority with Auckland Local Board": "Whangarei District",
    "Regional Council": "Northland Region",
    "Education Region": "Tai Tokerau",
    "Longitude ": "174.3201",
    "Latitude": "-35.7265",
    "Decile": "4",
    "Total School Roll": "187",
}
_GIAS_SCHOOL: Cells = {
    "URN": "900001",
    "LA (code)": "999",
    "LA (name)": "Wharfedale",
    "EstablishmentName": "Mill Lane Primary School",
    "TypeOfEstablishment (code)": "01",
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentTypeGroup (code)": "4",
    "EstablishmentTypeGroup (name)": "Local authority maintained schools",
    "EstablishmentStatus (code)": "1",
    "EstablishmentStatus (name)": "Open",
    "ReasonEstablishmentOpened (code)": "00",
    "PhaseOfEducation (code)": "2",
    "PhaseOfEducation (name)": "Primary",
    "StatutoryLowAge": "3",
    "StatutoryHighAge": "11",
    "Gender (name)": "Mixed",
    "ReligiousCharacter (name)": "Does not apply",
    "AdmissionsPolicy (name)": "Not applicable",
    "SchoolCapacity": "210",
    "NumberOfPupils": "198",
    "PercentageFSM": "17.50",
    "Street": "Mill Lane",
    "Town": "Otley",
    "Postcode": "LS21 9ZZ",
    "SchoolWebsite": "www.milllane.example.uk/",
    "HeadTitle (name)": "Dr",
    "HeadFirstName": PLANTED,
    "HeadLastName": PLANTED,
    "HeadPreferredJobTitle": "Headteacher",
    "PropsName": PLANTED,
    "Easting": "420100",
    "Northing": "445200",
}


def nz_school(number: str = "9001", **cells: str) -> Cells:
    """A sound school of the directory, with these cells by the names of their columns."""
    return _NZ_SCHOOL | {"School ID": number} | cells


def in_community(number: str, name: str) -> Cells:
    return {"Community of Learning: ID": number, "Community of Learning: Name": name}


def gias_school(number: str = "900001", **cells: str) -> Cells:
    """A sound school of the English register; "Status", "Phase", "Type" and "Group" stand for their "(name)" columns."""
    short = {
        "Status": "EstablishmentStatus (name)",
        "Phase": "PhaseOfEducation (name)",
        "Type": "TypeOfEstablishment (name)",
        "Group": "EstablishmentTypeGroup (name)",
        "Name": "EstablishmentName",
    }
    return _GIAS_SCHOOL | {"URN": number} | {short.get(name, name): value for name, value in cells.items()}


def nz_directory(schools: Iterable[Cells], encoding: str = "utf-8") -> bytes:
    """As the ministry writes it: LF, quotation marks only where needed, a space after "Longitude"."""
    return _file(NZ_COLUMNS, schools, encoding, "\n")


def gias(schools: Iterable[Cells], year: int = 2023, encoding: str = "cp1252") -> bytes:
    """As the department writes it: CRLF, texts in quotation marks and some numbers not, Windows-1252."""
    return _file(GIAS_COLUMNS[year], schools, encoding, "\r\n", quoted=True)


def gias_search(schools: Iterable[Cells], overflowing: int = 0) -> bytes:
    """The search download: hardly a "(code)", and links that run over into cells that the header does not have."""
    lines = _file(GIAS_SEARCH_COLUMNS, schools, "ascii", "\r\n").decode().splitlines()
    for row in range(1, 1 + overflowing):
        lines[row] += "900002 Predecessor,900003 Predecessor"
    return ("\r\n".join(lines) + "\r\n").encode()


def glued(first: bytes, second: bytes, *, with_header: bool = False) -> bytes:
    """Two files one after the other, as a script glues them: the header of the second is dropped, or stays."""
    return first + (second if with_header else second.split(b"\n", 1)[1])


def packed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def _file(columns: Sequence[str], schools: Iterable[Cells], encoding: str, end: str, *, quoted: bool = False) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    for school in schools:
        assert school.keys() <= _KNOWN, school.keys() - _KNOWN
        writer.writerow(school.get(name, "") for name in columns)
    text = out.getvalue()
    if quoted:  # the real file leaves the numbers of some columns bare
        text = text.replace('"900001"', "900001").replace('"420100"', "420100")
    return text.encode(encoding)
