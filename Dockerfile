# ocrtool with its weights, without TensorFlow, as a user without rights:
#   docker build -t ocrtool .
#   docker run --rm --network none -v "$PWD:/data" --user "$(id -u):$(id -g)" ocrtool read scan.png
FROM python:3.12-slim AS build
COPY . /source
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels /source

FROM python:3.12-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir /wheels/*.whl \
    && pip uninstall --yes pip \
    && useradd --no-create-home --uid 10001 ocrtool \
    && mkdir /data && chown ocrtool /data \
    && ocrtool models > /dev/null
USER ocrtool
WORKDIR /data
ENTRYPOINT ["ocrtool"]
CMD ["--help"]
