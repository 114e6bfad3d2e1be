"""Files from outside: kept in memory, never larger than a staff list or a reply could need; large ones where asked for."""

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload, TemporaryFileUploadHandler

LIMIT = 5_000_000
LARGE_LIMIT = 200_000_000


class LimitedUpload(MemoryFileUploadHandler):
    """Stops reading beyond the limit; the form then says that no file arrived and how large one may be."""

    def handle_raw_input(self, *args: object, **kwargs: object) -> None:
        self.activated = True
        self.received = 0  # by all files of the request together

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > LIMIT:
            raise StopUpload(connection_reset=False)
        self.file.write(raw_data)


class LargeUpload(TemporaryFileUploadHandler):
    """Writes to a file that goes with the request, for a view that has asked who sends it; stops beyond its limit.

    too_large: set when it stopped; no file arrives then.
    """

    too_large = False
    received = 0  # by all files of the request together

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > LARGE_LIMIT:
            self.too_large = True
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)
