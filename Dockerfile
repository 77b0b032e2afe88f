# One image for web server, workers, beat and migrations; the command decides.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN useradd --system --uid 10001 --home-dir /app heymarket

COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

COPY . .
# Static files get their permanent names here; the image keeps none of these settings.
RUN DEVELOPMENT=0 SECRET_KEY=build ENCRYPTION_KEYS=build PUBLIC_URL=http://localhost \
    python manage.py collectstatic --no-input --verbosity 0 \
    && mkdir -p var/media var/mail && chown -R heymarket var

USER heymarket
EXPOSE 8000
CMD ["python", "-m", "heymarket.serve", "--host", "0.0.0.0", "--port", "8000"]
