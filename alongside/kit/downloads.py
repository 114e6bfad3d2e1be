"""Files that a page hands over, to be kept and not shown."""

from django.http import HttpResponse


def attachment(data: bytes, content_type: str, name: str) -> HttpResponse:
    """The answer that a browser saves under that name. name: ours, of letters, digits, points and hyphens."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type=content_type, headers=headers)
