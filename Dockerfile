# Build the wheel apart, so that the image holds no compiler, no sources and no caches.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY feedback_service feedback_service
COPY migrations migrations
RUN python -m venv /opt/feedback \
 && pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
 && /opt/feedback/bin/pip install --no-cache-dir "$(ls /wheels/*.whl)[postgres,redis]"

FROM python:3.13-slim
COPY --from=build /opt/feedback /opt/feedback
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin feedback \
 && install --directory --mode 700 --owner feedback --group feedback /data
ENV PATH=/opt/feedback/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FEEDBACK_DATA_DIR=/data \
    FEEDBACK_BIND=0.0.0.0:8000
USER feedback
WORKDIR /data
# The SQLite file and, when FEEDBACK_SECRET_KEY is not set, the generated secret: keep it.
VOLUME /data
EXPOSE 8000
# SIGTERM gives requests in flight up to 30 s: stop it with `docker stop --time 40`.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['FEEDBACK_BIND'].rpartition(':')[2] + '/readyz', timeout=4)"]
ENTRYPOINT ["feedback-service"]
CMD ["serve"]
