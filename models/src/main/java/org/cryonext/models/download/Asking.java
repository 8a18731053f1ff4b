package org.cryonext.models.download;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Flow;
import org.cryonext.engine.io.InputException;

/**
 * Asks for a file, through all redirects.
 *
 * @param client by whom
 * @param advice what to check when the server's answer makes no sense
 */
record Asking(WebClient client, String advice) {
    private static final int MOST_REDIRECTS = 10;
    private static final Set<Integer> TRANSIENT = Set.of(408, 425, 429, 500, 502, 503, 504);

    /**
     * The answer, one of the 2xx.
     *
     * @param range of bytes, as the header of this name has it
     * @throws TransientException if it may go better another time
     * @throws InputException if the server refuses
     */
    HttpResponse<Flow.Publisher<List<ByteBuffer>>> get(URI address, Optional<String> range) throws TransientException {
        URI uri = address;
        Set<URI> seen = new HashSet<>();
        while (true) {
            HttpRequest.Builder request = client.request(uri).GET();
            range.ifPresent(bytes -> request.header("Range", bytes));
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                    client.send(request, HttpResponse.BodyHandlers.ofPublisher());
            int status = response.statusCode();
            if (status / 100 == 2) {
                return response;
            }
            Arrivals.of(response.body()).close();
            if (TRANSIENT.contains(status)) {
                throw new TransientException(uri.getHost() + " answers " + status);
            }
            if (!WebClient.isRedirect(response)) {
                throw new InputException(uri.getHost() + " answers " + status + " for " + uri + "; check " + advice);
            }
            uri = client.target(response);
            if (!seen.add(uri) || seen.size() > MOST_REDIRECTS) {
                throw new InputException(
                        address.getHost() + " redirects in a circle (to " + uri.getHost() + " again); check " + advice);
            }
        }
    }
}
