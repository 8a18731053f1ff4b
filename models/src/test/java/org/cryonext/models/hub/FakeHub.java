package org.cryonext.models.hub;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A hub on this machine's loopback that holds one repository, and misbehaves where a test tells it to. */
final class FakeHub implements AutoCloseable {
    static final String REPOSITORY = "owner/model";
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    /**
     * What a client asked.
     *
     * @param headers by name in lower case
     */
    record Request(String method, String path, Map<String, String> headers) {
        boolean asks(String wantedMethod, String file) {
            return method.equals(wantedMethod) && path.endsWith("/" + file);
        }
    }

    /** Answers one request; the connection is closed afterwards. */
    @FunctionalInterface
    interface Handler {
        void handle(Request request, OutputStream out) throws IOException;
    }

    private record Stored(byte[] content, String etag, boolean large) {}

    private final ServerSocket server;
    private final Map<String, Stored> files = new HashMap<>();
    private final Map<String, String> revisions = new HashMap<>(Map.of("main", COMMIT, COMMIT, COMMIT));
    private final Map<String, Deque<Handler>> scripts = new HashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile URI storage;

    FakeHub() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** The same machine under another name, as a host where large files lie. */
    URI elsewhere() {
        return URI.create("http://localhost:" + server.getLocalPort());
    }

    /** A large file, named by its SHA-256. */
    synchronized void large(String name, byte[] content) {
        files.put(name, new Stored(content, sha256(content), true));
    }

    /** A small file, named by git's hash. */
    synchronized void small(String name, String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        byte[] header = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] both = Arrays.copyOf(header, header.length + content.length);
        System.arraycopy(content, 0, both, header.length, content.length);
        files.put(name, new Stored(content, digest("SHA-1", both), false));
    }

    /** A file under an ETag that says nothing about its content. */
    synchronized void tagged(String name, byte[] content, String etag) {
        files.put(name, new Stored(content, etag, false));
    }

    synchronized void remove(String name) {
        files.remove(name);
    }

    /** The branch main becomes another commit. */
    synchronized void moveTo(String commit) {
        revisions.put("main", commit);
        revisions.put(commit, commit);
    }

    synchronized void revision(String name, String commit) {
        revisions.put(name, commit);
        revisions.put(commit, commit);
    }

    /** Large files are redirected to another host from now on. */
    void redirectTo(URI host) {
        storage = host;
    }

    /** The next requests of this method for this file are answered so, one after the other; a null means rightly. */
    synchronized void next(String method, String file, Handler... handlers) {
        Deque<Handler> queue = scripts.computeIfAbsent(method + " " + file, k -> new ArrayDeque<>());
        for (Handler handler : handlers) {
            queue.add(handler == null ? this::answer : handler);
        }
    }

    /** All requests of this method for this file are answered so. */
    synchronized void always(String method, String file, Handler handler) {
        scripts.put(method + " " + file, new ArrayDeque<>(Collections.nCopies(1000, handler)));
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    List<Request> requests(String method, String file) {
        return requests.stream().filter(r -> r.asks(method, file)).toList();
    }

    void forgetRequests() {
        requests.clear();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String line = in.readLine();
            if (line == null) {
                return;
            }
            String[] first = line.split(" ");
            Map<String, String> headers = new HashMap<>();
            for (line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                headers.put(
                        line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT),
                        line.substring(line.indexOf(':') + 1).strip());
            }
            Request request =
                    new Request(first[0], URLDecoder.decode(first[1], StandardCharsets.UTF_8), Map.copyOf(headers));
            requests.add(request);
            Handler handler = scripted(request);
            OutputStream out = socket.getOutputStream();
            handler.handle(request, out);
            out.flush();
        } catch (IOException e) {
            // The client has gone.
        }
    }

    private synchronized Handler scripted(Request request) {
        for (Map.Entry<String, Deque<Handler>> script : scripts.entrySet()) {
            String[] key = script.getKey().split(" ");
            if (request.asks(key[0], key[1]) && !script.getValue().isEmpty()) {
                return script.getValue().removeFirst();
            }
        }
        return this::answer;
    }

    /** Answers as a hub does. */
    private void answer(Request request, OutputStream out) throws IOException {
        String path = URI.create(request.path().replace(" ", "%20")).getPath();
        String prefix = "/" + REPOSITORY + "/resolve/";
        if (path.startsWith("/storage/")) {
            send(request, out, find(path.substring("/storage/".length())), Map.of("ETag", "\"storage\""));
            return;
        }
        if (!path.startsWith(prefix)) {
            status(
                    out,
                    401,
                    Map.of("X-Error-Code", "RepoNotFound", "X-Error-Message", "Invalid username or password."));
            return;
        }
        String name = path.substring(path.lastIndexOf('/') + 1);
        String revision = path.substring(prefix.length(), path.lastIndexOf('/'));
        String commit;
        synchronized (this) {
            commit = revisions.get(revision);
        }
        Stored file = find(name);
        if (commit == null) {
            status(out, 404, Map.of("X-Error-Code", "RevisionNotFound"));
        } else if (file == null) {
            status(out, 404, Map.of("X-Error-Code", "EntryNotFound", "X-Repo-Commit", commit));
        } else if (file.large() && storage != null) {
            Map<String, String> headers = new HashMap<>(described(file, commit));
            headers.put("Location", storage + "/storage/" + name);
            headers.remove("ETag");
            status(out, 302, headers);
        } else {
            send(request, out, file, described(file, commit));
        }
    }

    private synchronized Stored find(String name) {
        return files.get(name);
    }

    private static Map<String, String> described(Stored file, String commit) {
        Map<String, String> headers = new HashMap<>();
        headers.put("X-Repo-Commit", commit);
        headers.put("ETag", "\"" + file.etag() + "\"");
        if (file.large()) {
            headers.put("X-Linked-Etag", "\"" + file.etag() + "\"");
            headers.put("X-Linked-Size", String.valueOf(file.content().length));
        }
        return headers;
    }

    private static void send(Request request, OutputStream out, Stored file, Map<String, String> more)
            throws IOException {
        byte[] content = file.content();
        Map<String, String> headers = new HashMap<>(more);
        String range = request.headers().get("range");
        String condition = request.headers().get("if-range");
        int from = 0;
        if (range != null && (condition == null || condition.equals(more.get("ETag")))) {
            from = Integer.parseInt(range.substring("bytes=".length(), range.length() - 1));
            headers.put("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        headers.put("Content-Length", String.valueOf(content.length - from));
        status(out, headers.containsKey("Content-Range") ? 206 : 200, headers);
        if (request.method().equals("GET")) {
            out.write(content, from, content.length - from);
        }
    }

    /** The head of an answer. */
    static void status(OutputStream out, int status, Map<String, String> headers) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Said\r\nConnection: close\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (!headers.containsKey("Content-Length") && !headers.containsKey("Transfer-Encoding")) {
            head.append("Content-Length: 0\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** Answers with a status alone. */
    static Handler status(int status, String... headers) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        return (request, out) -> status(out, status, map);
    }

    /** Sends so many bytes of what it should, counted from where it was asked to begin, and hangs up. */
    Handler dropAfter(int bytes) {
        return (request, out) -> answer(request, new OutputStream() {
            private int left = -1;

            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] b, int off, int len) throws IOException {
                if (left < 0) {
                    // The first write is the head.
                    out.write(b, off, len);
                    left = bytes;
                    return;
                }
                out.write(b, off, Math.min(left, len));
                out.flush();
                throw new IOException("hung up");
            }
        });
    }

    static String sha256(byte[] content) {
        return digest("SHA-256", content);
    }

    private static String digest(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
