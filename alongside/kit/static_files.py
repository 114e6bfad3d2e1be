"""Static files: hashed and compressed once collected, plain before that (tests, tools)."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Without a manifest, before `collectstatic` has run, the plain name stands."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        hashed: str = super().stored_name(name) if self.hashed_files else name
        return hashed
