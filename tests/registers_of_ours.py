"""Register files made by us, in the dialects of the real ones and with the same traps.

Every row carries planted names of people where the real files carry real ones: no reader may let them through.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
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

GIAS_LINK_COLUMNS = ["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"]
_GROUP = ["URN", "Linked UID", "Group Name", "Companies House Number", "Group Type"]
_MEMBER = [
    *("EstablishmentName", "TypeOfEstablishment (code)", "TypeOfEstablishment (name)"),
    *("PhaseOfEducation (code)", "PhaseOfEducation (name)", "LA (code)", "LA (name)", "HasSharedHT"),
]
GIAS_GROUP_LINK_COLUMNS: dict[int, list[str]] = {
    2018: [*_GROUP, "Closed Date", "Group Status", "FederationType", "Joined date", *_MEMBER],
    2021: [
        *(*_GROUP, "Group Type (code)", "Closed Date", "Open date", "Incorporated on (open date)"),
        *("Group Status", "Group Status (code)", "FederationType", "Joined date", *_MEMBER),
    ],
}
GIAS_GROUP_COLUMNS = [
    *("UID", "Group Name", "Companies House Number", "Group Type", "Group Type (code)", "Closed Date", "Status"),
    *("Status (code)", "Group Contact Street", "Group Contact Locality", "Group Contact Address 3"),
    *("Group Contact Town", "Group Contact County", "Group Contact Postcode", "Head of Group Title"),
    *("Head of Group First Name", "Head of Group Last Name", "UKPRN"),
]
GIAS_EXTRACT_COLUMNS = [
    *("school_key", "urn", "establishment_number", "establishment_name", "establishment_type"),
    *("establishment_type_group", "establishment_status", "open_date", "close_date", "education_phase"),
    *("statutory_low_age", "statutory_high_age", "gender", "religious_character", "admissions_policy"),
    *("ofsted_last_insp", "last_changed_date", "street", "locality", "address3", "town", "county", "postcode"),
    *("school_website", "telephone_num", "gor", "administrative_district", "administrative_ward"),
    *("parliamentary_constituency", "urban_rural_indicator", "easting", "northing", "msoa", "lsoa"),
    *("ofsted_rating", "msoa_code", "lsoa_code", "religious_denomination", "la_key", "school_capacity"),
    *("number_of_pupils", "number_of_boys", "number_of_girls", "percentage_fsm", "number_of_fsm"),
    "ofsted_rating_score",
]
NZ_HISTORY_COLUMNS = [
    *("School ID", "School Name", "Type", "Authority", "Gender", "Regional Council"),
    *("TA with Auckland Local Board", "From", "To", "Number of changes"),
]
NSW_COLUMNS = [
    *("School_code", "AgeID", "School_name", "Street", "Town_suburb", "Postcode", "Phone", "School_Email", "Website"),
    *("Fax", "latest_year_enrolment_FTE", "Indigenous_pct", "LBOTE_pct", "ICSEA_value", "Level_of_schooling"),
    *("Selective_school", "Opportunity_class", "School_specialty_type", "School_subtype", "Support_classes"),
    *("Preschool_ind", "Distance_education", "Intensive_english_centre", "School_gender", "Late_opening_school"),
    *("Date_1st_teacher", "LGA", "electorate_from_2023", "electorate_2015_2022", "fed_electorate_from_2025"),
    *("fed_electorate_2016_2024", "Operational_directorate", "Principal_network"),
    *("Operational_directorate_office", "Operational_directorate_office_phone"),
    *("Operational_directorate_office_address", "FACS_district", "Local_health_district", "AECG_region"),
    *("ASGS_remoteness", "Latitude", "Longitude", "Assets unit", "SA4", "FOEI_Value", "Date_extracted"),
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


def gias_search(schools: Sequence[Cells], linked: Sequence[str] = ()) -> bytes:
    """The search download: hardly a "(code)", and a list of links without quotation marks, which runs over into cells
    that the header does not have. linked: what the last column of each school says."""
    lines = _file(GIAS_SEARCH_COLUMNS, schools, "ascii", "\r\n").decode().splitlines()
    for row in range(1, len(lines)):
        lines[row] += linked[row - 1] if row <= len(linked) else "Does not have links"
    return ("\r\n".join(lines) + "\r\n").encode()


def gias_links(*links: Sequence[str]) -> bytes:
    """(school, other school, kind) and perhaps a day; Windows-1252 and CRLF, as the department writes them."""
    rows = [(one[0], one[1], f"École {one[1]}", one[2], one[3] if len(one) > 3 else "") for one in links]
    return _rows([GIAS_LINK_COLUMNS, *rows], "cp1252", "\r\n")


def gias_group_links(*members: Sequence[str], year: int = 2018) -> bytes:
    """(school, group, its name, its type) and perhaps its status. Rows of 2018 lack the last cell of their header."""
    columns = GIAS_GROUP_LINK_COLUMNS[year]
    rows = []
    for school, group, name, kind, *status in members:
        cells = {"URN": school, "Linked UID": group, "Group Name": name, "Group Type": kind}
        cells |= {"Group Status": status[0] if status else "Open", "LA (code)": "999", "LA (name)": "Wharfedale"}
        cells |= {"Joined date": "01-09-2005" if year == 2018 else "01/09/2005", "EstablishmentName": "Mill Lane"}
        row = [cells.get(column, "") for column in columns]
        rows.append(row[:-1] if year == 2018 else row)
    return _rows([columns, *rows], "cp1252", "\n")


def gias_groups(*groups: Sequence[str]) -> bytes:
    """(group, its name, its type, its status): with the name of whoever leads it, which nobody may read."""
    rows = [
        [uid, name, "", kind, "6", "", status, status.upper(), *[""] * 6, "Dr", PLANTED, PLANTED, ""]
        for uid, name, kind, status in groups
    ]
    return _rows([GIAS_GROUP_COLUMNS, *rows], "ascii", "\n")


_EXTRACT: Cells = {
    "school_key": "1",
    "establishment_name": "Mill Lane Primary School",
    "establishment_type": "Community school",
    "establishment_type_group": "Local authority maintained schools",
    "establishment_status": "Open",
    "education_phase": "Primary",
    "statutory_low_age": "3.0",
    "statutory_high_age": "11.0",
    "gender": "Mixed",
    "town": "Otley",
    "postcode": "LS21 9ZZ",
    "school_website": "www.milllane.example.uk/",
    "administrative_district": "Leeds",
    "easting": "420100.0",
    "northing": "445200.0",
    "school_capacity": "210.0",
    "number_of_pupils": "198.0",
    "percentage_fsm": "17.5",
    "la_key": "97",
}


def gias_extract(schools: Iterable[Cells]) -> bytes:
    """The extract of state-funded schools: columns renamed, whole numbers with ".0", days as 2016-08-31."""
    rows = [[(_EXTRACT | school).get(column, "") for column in GIAS_EXTRACT_COLUMNS] for school in schools]
    return _rows([GIAS_EXTRACT_COLUMNS, *rows], "utf-8", "\n")


def nz_history(*spans: Sequence[str]) -> bytes:
    """(school, name, type, first year, last year), in any order."""
    rows = [
        [number, name, kind, "State: Not integrated", "Co-Ed", "Northland Region", "Whangarei District", *years, "1"]
        for number, name, kind, *years in spans
    ]
    return _rows([NZ_HISTORY_COLUMNS, *rows], "ascii", "\n")


_NSW: dict[str, str | None] = {
    "AgeID": "49999",
    "School_name": "Wattle Bay Public School",
    "Street": "1 Bay Rd",
    "Town_suburb": "Wattle Bay",
    "Postcode": "2999",
    "School_Email": f"{PLANTED}@example.org",
    "Website": "https://wattlebay.example.au",
    "latest_year_enrolment_FTE": "89.80000000000001",
    "Indigenous_pct": "np",
    "LBOTE_pct": "37.0",
    "ICSEA_value": "1013",
    "Level_of_schooling": "Primary School",
    "Selective_school": "Not Selective",
    "School_gender": "Coed",
    "Date_1st_teacher": "1925-04-01",
    "LGA": "Wattle (NSW)",
    "Principal_network": "Iron Bay",
    "ASGS_remoteness": "Major Cities of Australia",
    "Latitude": "-30.446021000000002",
    "Longitude": "151.131206",
    "Date_extracted": "2026-04-07",
}


def nsw_master(*schools: dict[str, str | None], named: bool = False) -> bytes:
    """As the portal hands it out: everything is text or null. named: records as objects, as another version has them."""
    cells = [_NSW | school for school in schools]
    records = [{name: one.get(name) for name in NSW_COLUMNS} for one in cells]
    fields = [{"id": name, "type": "text"} for name in NSW_COLUMNS]
    rows = records if named else [list(record.values()) for record in records]
    return json.dumps({"fields": fields, "records": rows}).encode()


def _rows(rows: Iterable[Sequence[str]], encoding: str, end: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end).writerows(rows)
    return out.getvalue().encode(encoding)


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
