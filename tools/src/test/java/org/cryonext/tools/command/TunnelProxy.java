package org.cryonext.tools.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A proxy that lets those through who say "user:word", all of them to one port of this machine. */
final class TunnelProxy implements AutoCloseable {
    private final ServerSocket server;
    private final int target;

    TunnelProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void serve(Socket client) {
        try (client) {
            // One byte at a time: what follows the head belongs to the tunnel.
            StringBuilder head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                int b = client.getInputStream().read();
                if (b < 0) {
                    return;
                }
                head.append((char) b);
            }
            boolean known = head.toString().startsWith("CONNECT hub.test:443 ")
                    && head.toString().toLowerCase(Locale.ROOT).contains("proxy-authorization: basic dxnlcjp3b3jk");
            String answer = known
                    ? "HTTP/1.1 200 Open\r\n\r\n"
                    : "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
            client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            if (known) {
                try (Socket hub = new Socket(InetAddress.getLoopbackAddress(), target)) {
                    Thread.ofVirtual().start(() -> pipe(hub, client));
                    pipe(client, hub);
                }
            }
        } catch (IOException e) {
            // One of the two has gone.
        }
    }

    private static void pipe(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // One of the two has gone.
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
