package io.unifiedmemory.meaning;

import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;

/** A Maven repository behind HTTP. Thread-safe. */
final class MavenRepository {

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(20);
    private static final Duration LONGEST_DOWNLOAD = Duration.ofMinutes(30);

    private static final int OK = 200;
    private static final int PARTIAL = 206;

    private final URI address;
    private final Duration longest;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(LONGEST_CONNECT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .proxy(ProxySelector.getDefault())
            .build();

    MavenRepository(URI address) {
        this(address, LONGEST_DOWNLOAD);
    }

    /** @param longest time for a download */
    MavenRepository(URI address, Duration longest) {
        this.address = address;
        this.longest = longest;
    }

    /** Downloads a whole jar. */
    void download(Artifact artifact, Path to) throws IOException, InterruptedException {
        try {
            int status = WholeAnswer.of(
                            client, request(artifact).build(), HttpResponse.BodyHandlers.ofFile(to), longest)
                    .statusCode();
            if (status != OK) {
                throw refused(status);
            }
        } catch (IOException e) {
            throw failed(artifact, e);
        }
    }

    /**
     * Downloads some entries of a jar.
     *
     * @return false when the repository gives no parts of files; then nothing was downloaded
     */
    boolean downloadParts(Artifact artifact, Predicate<String> wanted, Path to)
            throws IOException, InterruptedException {
        try {
            new JarExcerpt(artifact.bytes(), (from, end) -> part(artifact, from, end)).write(to, wanted);
            return true;
        } catch (NoPartsException e) {
            return false;
        } catch (IOException e) {
            throw failed(artifact, e);
        }
    }

    private byte[] part(Artifact artifact, long from, long end) throws IOException, InterruptedException {
        HttpRequest request = request(artifact)
                .header("Range", "bytes=" + from + "-" + (end - 1))
                .build();
        // Of an answer that is the whole jar nothing is read.
        HttpResponse<byte[]> response = WholeAnswer.of(
                client,
                request,
                head -> head.statusCode() == PARTIAL
                        ? HttpResponse.BodySubscribers.ofByteArray()
                        : HttpResponse.BodySubscribers.replacing(new byte[0]),
                longest);
        if (response.statusCode() == OK) {
            throw new NoPartsException();
        }
        if (response.statusCode() != PARTIAL) {
            throw refused(response.statusCode());
        }
        return response.body();
    }

    private HttpRequest.Builder request(Artifact artifact) {
        URI jar = URI.create(address.toString().replaceFirst("/+$", "") + "/" + artifact.path());
        return HttpRequest.newBuilder(jar);
    }

    private static IOException refused(int status) {
        return new IOException("the server answers with status " + status);
    }

    private IOException failed(Artifact artifact, IOException cause) {
        return new IOException(
                request(artifact).build().uri() + " cannot be downloaded: " + cause
                        + " (behind a proxy, name it to Java with"
                        + " JAVA_TOOL_OPTIONS=-Dhttps.proxyHost=...; without a network, use --from)",
                cause);
    }

    /** The server ignores that a part is asked for, as it may. */
    private static final class NoPartsException extends IOException {

        private static final long serialVersionUID = 1;
    }
}
