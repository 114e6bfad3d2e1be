"""Files from outside: kept in memory, never larger than a staff list or a reply could need."""

from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload

LIMIT = 5_000_000


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
