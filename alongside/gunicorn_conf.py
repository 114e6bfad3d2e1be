"""How gunicorn runs here, whoever starts it: `gunicorn -c python:alongside.gunicorn_conf alongside.wsgi:application`."""

worker_class = "gthread"
threads = 8
# Addresses of personal links are secrets: there is no access log, and the error log is scrubbed.
accesslog = None
loglevel = "warning"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"scrub": {"()": "alongside.kit.logs.ScrubTokens"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["scrub"], "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"gunicorn.error": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
# A deploy or Ctrl-C waits this long for requests that are being answered, in seconds.
graceful_timeout = 10
# Management of a running server goes through signals; a socket for it would be one more door.
control_socket_disable = True
