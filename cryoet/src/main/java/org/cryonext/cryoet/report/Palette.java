package org.cryonext.cryoet.report;

import java.awt.Color;
import java.util.List;

/**
 * Colours of a chart. The series are told apart by people with the common colour vision deficiencies, and each has a
 * contrast of at least 3:1 to the background (WCAG 2.2, 1.4.11). Source: Okabe and Ito, Color Universal Design (2008),
 * darkened or lightened for the background.
 */
record Palette(Color background, Color text, Color muted, Color grid, List<Color> series) {

    static final Palette LIGHT = new Palette(
            Color.WHITE,
            new Color(0x1b1f24),
            new Color(0x57606a),
            new Color(0xe1e5ea),
            List.of(new Color(0x0067a5), new Color(0xc75100), new Color(0x008a66), new Color(0xa6548a)));

    static final Palette DARK = new Palette(
            new Color(0x171b21),
            new Color(0xe6eaef),
            new Color(0xa0aab6),
            new Color(0x2d343d),
            List.of(new Color(0x58b0ec), new Color(0xf0913f), new Color(0x2fc49b), new Color(0xd98ac0)));

    Color series(int index) {
        return series.get(index % series.size());
    }
}
