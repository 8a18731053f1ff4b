package org.cryonext.cryoet.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The templates of pages; what pages share is in templates that they include. */
final class PageTemplate {
    private PageTemplate() {}

    /** @param name of a file beside this class, for instance {@code report.mustache} */
    static Template read(String name) {
        return Mustache.compiler()
                .withLoader(part ->
                        new InputStreamReader(PageTemplate.class.getResourceAsStream(part), StandardCharsets.UTF_8))
                .loadTemplate(name);
    }
}
