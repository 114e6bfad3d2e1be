"""Static files: hashed and compressed once collected, plain before that (tests, first start)."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """A missing manifest is not an error: the plain name serves until `collectstatic` has run."""

    manifest_strict = False
