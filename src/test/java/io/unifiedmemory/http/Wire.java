package io.unifiedmemory.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.unifiedmemory.memory.util.Json;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** HTTP/1.1 byte by byte, one connection per request: it also sends what no client library would. */
record Wire(int port) {

    /** An answer; header names in small letters. */
    record Reply(int status, Map<String, String> headers, String body) {
        @Nullable
        String header(String name) {
            return headers.get(name);
        }

        JsonNode json() {
            return Json.mapper().readTree(body);
        }
    }

    /** A stream of events, read line by line. */
    record Events(Socket socket, BufferedReader reader) implements AutoCloseable {

        /** The data of the next event of this name; null when the stream ends before. */
        @Nullable
        String next(String name) throws IOException {
            boolean wanted = false;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (line.startsWith("event: ")) {
                    wanted = line.equals("event: " + name);
                } else if (wanted && line.startsWith("data: ")) {
                    return line.substring("data: ".length());
                }
            }
            return null;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    Reply post(String path, String body, String... headers) throws IOException {
        return exchange("POST", path, body, headers);
    }

    /** Sends a request that is right but for what {@code headers} replace ({@code Name: value}). */
    Reply exchange(String method, String path, String body, String... headers) throws IOException {
        try (Socket socket = connect()) {
            send(socket, head(method, path, body.getBytes(UTF_8).length, headers), body.getBytes(UTF_8));
            return read(socket);
        }
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** A connection whose client takes little before it has read it. */
    Socket reluctant() throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 * 1024);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(30_000);
        return socket;
    }

    static void send(Socket socket, String head, byte[] body) throws IOException {
        OutputStream out = socket.getOutputStream();
        byte[] start = head.getBytes(ISO_8859_1);
        byte[] whole = new byte[start.length + body.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(body, 0, whole, start.length, body.length);
        out.write(whole);
        out.flush();
    }

    String head(String method, String path, int length, String... headers) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("host", "localhost:" + port);
        all.put("accept", "application/json, text/event-stream");
        all.put("content-type", "application/json");
        all.put("content-length", Integer.toString(length));
        all.put("connection", "close");
        for (String header : headers) {
            int colon = header.indexOf(':');
            all.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
        all.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString();
    }

    /** Opens a stream of events; its first lines are already sent by the server. */
    Events events(String path, String... headers) throws IOException {
        Socket socket = connect();
        send(socket, head("GET", path, 0, headers), new byte[0]);
        BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        String status = reader.readLine();
        if (status == null || !status.contains(" 200 ")) {
            throw new AssertionError("no stream: " + status);
        }
        return new Events(socket, reader);
    }

    /** Opens a stream of events by sending a message to {@code /mcp}; at least one event is to come. */
    Events listen(String body, String... headers) throws IOException {
        Socket socket = connect();
        send(socket, head("POST", "/mcp", body.getBytes(UTF_8).length, headers), body.getBytes(UTF_8));
        return new Events(socket, new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)));
    }

    static Reply read(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        in.transferTo(bytes);
        String text = bytes.toString(UTF_8);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException("no answer but: " + text);
        }
        String[] lines = text.substring(0, end).split("\r\n", -1);
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        return new Reply(Integer.parseInt(lines[0].split(" ", -1)[1]), headers, text.substring(end + 4));
    }
}
