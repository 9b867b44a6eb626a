"""Static files in production: hashed names, compressed, and ES modules whose imports follow the hashes."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ManifestStorage(CompressedManifestStaticFilesStorage):
    """Hashed names may be cached for ever; `import` lines inside our modules are rewritten to them."""

    support_js_module_import_aggregation = True
