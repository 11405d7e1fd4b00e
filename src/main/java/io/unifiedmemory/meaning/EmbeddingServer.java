package io.unifiedmemory.meaning;

import io.unifiedmemory.memory.util.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A model behind {@code POST /embeddings}, as OpenAI, Ollama and LM Studio offer it. A server that answers in another way, or
 * not at all, is a {@link ModelException}. Thread-safe.
 */
public final class EmbeddingServer implements ModelSource {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddingServer.class);

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(60);

    /** What is behind these characters counts no more: models commonly take 512 tokens, and refuse more or cut it off. */
    private static final int MOST_CHARS = 1_500;

    private static final int MOST_SHOWN = 200;

    private final MeaningOptions.Server server;
    private final Duration longestAnswer;

    public EmbeddingServer(MeaningOptions.Server server) {
        this(server, LONGEST_ANSWER);
    }

    /** @param longestAnswer how long the server may take for an answer */
    EmbeddingServer(MeaningOptions.Server server, Duration longestAnswer) {
        this.server = server;
        this.longestAnswer = longestAnswer;
    }

    /** Another server may call another model so. */
    @Override
    public String model() {
        return server.model() + " " + server.url().getHost();
    }

    @Override
    public boolean isThere() {
        return true;
    }

    @Override
    public EmbeddingModel load() {
        HttpClient client =
                HttpClient.newBuilder().connectTimeout(LONGEST_CONNECT).build();
        return new EmbeddingModel() {
            @Override
            public String name() {
                return model();
            }

            @Override
            public float[] ofQuery(String text) {
                return ask(client, text);
            }

            @Override
            public float[] ofPassage(String text) {
                return ask(client, text);
            }

            @Override
            public void close() {
                // Connections end with the client, which nobody has any more.
            }
        };
    }

    private float[] ask(HttpClient client, String text) {
        URI address = URI.create(server.url().toString().replaceFirst("/+$", "") + "/embeddings");
        String body = Json.write(Map.of("model", server.model(), "input", shortened(text)));
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (server.key() != null) {
            authorize(request, server.key());
        }
        try {
            HttpResponse<String> response =
                    WholeAnswer.of(client, request.build(), HttpResponse.BodyHandlers.ofString(), longestAnswer);
            if (response.statusCode() != 200) {
                // It may repeat what was asked, which is somebody's memory or query: no message may show it.
                String said = response.body();
                LOG.debug(
                        "{} answers with status {}: {}",
                        server,
                        response.statusCode(),
                        said.substring(0, Math.min(MOST_SHOWN, said.length())).replaceAll("\\s+", " "));
                throw new ModelException(server + " answers with status " + response.statusCode()
                        + " (does it have the model that search.embeddingsModel names?)");
            }
            return vector(response.body());
        } catch (IOException e) {
            throw new ModelException(
                    server + " cannot be reached: " + e + " (is it running where search.embeddingsUrl says?)", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (CancellationException) new CancellationException("interrupted").initCause(e);
        }
    }

    /** Java's own exception for a wrong header shows the header, so it goes no further. */
    private void authorize(HttpRequest.Builder request, String key) {
        boolean accepted = true;
        try {
            request.header("Authorization", "Bearer " + key);
        } catch (IllegalArgumentException e) {
            accepted = false;
        }
        if (!accepted) {
            throw new ModelException(server + " cannot be asked: search.embeddingsKey has a character that no header"
                    + " of HTTP may have (copy it anew, without line breaks)");
        }
    }

    private static String shortened(String text) {
        int end = Math.min(text.length(), MOST_CHARS);
        return text.substring(0, end > 0 && Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
    }

    /** Of length 1. */
    private float[] vector(String body) {
        try {
            JsonNode numbers = Json.mapper().readTree(body).path("data").path(0).path("embedding");
            float[] vector = new float[numbers.size()];
            double squares = 0;
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) numbers.path(i).asDouble();
                squares += (double) vector[i] * vector[i];
            }
            if (!(squares > 0)) {
                throw new ModelException(server + " answers without data[0].embedding: is it an embedding model?");
            }
            for (int i = 0; i < vector.length; i++) {
                vector[i] /= (float) Math.sqrt(squares);
            }
            return vector;
        } catch (JacksonException e) {
            throw new ModelException(
                    server + " answers with something else than JSON (is search.embeddingsUrl the address of an API?)",
                    e);
        }
    }
}
