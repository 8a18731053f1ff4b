package org.cryonext.models.download;

import java.net.URI;

/**
 * A piece of a file on the web, for instance of an archive, whose place and content are known beforehand.
 *
 * @param name for people
 * @param address of the whole file
 * @param from its first byte within the file
 * @param bytes its length
 * @param checksum of its bytes
 */
public record PinnedPart(String name, URI address, long from, long bytes, Checksum checksum) {}
