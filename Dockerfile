# Three stages: the front end, the packages, and a small image that runs as an ordinary user.
FROM node:24-slim AS front
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY static ./static
RUN npm run build

FROM python:3.13-slim AS packages
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=partnership.settings.production
# Pango lays out certificates and passports as PDF.
RUN apt-get update && apt-get install -y --no-install-recommends \
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin partnership \
    && install -d -o partnership -g partnership /data/media
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY partnership ./partnership
COPY schools ./schools
COPY transitions ./transitions
COPY cpd ./cpd
COPY taskgroups ./taskgroups
COPY templates ./templates
COPY docs/privacy ./docs/privacy
COPY --from=front /src/static/built ./static/built
# The values only let the settings load; none of them stays in the image.
RUN SECRET_KEY=build PUBLIC_URL=https://build.invalid DATABASE_URL=postgresql://build@build.invalid/build \
    REDIS_URL=redis://build.invalid EMAIL_HOST=build.invalid DEFAULT_FROM_EMAIL=build@build.invalid \
    python manage.py collectstatic --noinput
USER partnership
EXPOSE 8000
CMD ["gunicorn", "partnership.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=4", \
     "--worker-tmp-dir=/dev/shm", "--timeout=60", "--access-logfile=-", "--no-control-socket", \
     "--logger-class=partnership.weblog.Logger", \
     "--access-logformat=%({x-forwarded-for}i)s %(t)s %(m)s %(U)s %(s)s %(B)s %(L)s"]
