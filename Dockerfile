# The service in a container: `docker compose up` with compose.yaml, or any database by ONEPLUSX_DATABASE.
FROM python:3.11-slim-bookworm

# One user of its own, who can write nowhere but in /data.
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin oneplusx \
    && install -d -o oneplusx -g oneplusx -m 700 /data
WORKDIR /app

# The locks first: they change more rarely than the program.
COPY requirements.lock requirements-dev.lock ./
RUN sed -n '/^setuptools==/,/[^\\]$/p' requirements-dev.lock > build.lock \
    && pip install --no-cache-dir --no-deps --require-hashes -r build.lock -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY scheduler scheduler
COPY api api
RUN pip install --no-cache-dir --no-deps --no-build-isolation . && rm -rf build *.egg-info

COPY scenarios scenarios
USER oneplusx
ENV ONEPLUSX_STATE=/data ONEPLUSX_SAMPLES=/app/scenarios
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
# The way in from outside is an HTTPS proxy; without ONEPLUSX_HTTPS and ONEPLUSX_HOSTS it refuses to start.
ENTRYPOINT ["oneplusx", "serve", "--host", "0.0.0.0"]
