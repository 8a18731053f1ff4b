package org.cryonext.cryoet.report;

import java.awt.Color;
import java.util.List;

/**
 * Colours of a chart. The series are told apart by people with the common colour vision deficiencies, and each has a
 * contrast of at least 3:1 to the background (WCAG 2.2, 1.4.11). Source: Okabe and Ito, Color Universal Design (2008),
 * darkened or lightened for the background.
 *
 * @param series of lines and bars
 * @param classes of the points of classes: the first half dark, the second light, which also have another shape
 */
record Palette(Color background, Color text, Color muted, Color grid, List<Color> series, List<Color> classes) {

    static final Palette LIGHT = new Palette(
            Color.WHITE,
            new Color(0x1b1f24),
            new Color(0x57606a),
            new Color(0xe1e5ea),
            List.of(new Color(0x0067a5), new Color(0xc75100), new Color(0x008a66), new Color(0xa6548a)),
            List.of(
                    new Color(0x0067a5),
                    new Color(0xc75100),
                    new Color(0x008a66),
                    new Color(0x8f3a75),
                    new Color(0x6d5300),
                    new Color(0x3f4750),
                    new Color(0x2b94dd),
                    new Color(0xd97706),
                    new Color(0x1a9e8f),
                    new Color(0xd6579b),
                    new Color(0x8c8c00),
                    new Color(0x8a929c)));

    static final Palette DARK = new Palette(
            new Color(0x171b21),
            new Color(0xe6eaef),
            new Color(0xa0aab6),
            new Color(0x2d343d),
            List.of(new Color(0x58b0ec), new Color(0xf0913f), new Color(0x2fc49b), new Color(0xd98ac0)),
            List.of(
                    new Color(0x2f7fc4),
                    new Color(0xc4601a),
                    new Color(0x1a8f70),
                    new Color(0xa8558f),
                    new Color(0x8f7a1f),
                    new Color(0x7d8894),
                    new Color(0x6fc3ff),
                    new Color(0xffa65c),
                    new Color(0x4fe0bd),
                    new Color(0xf2a2dc),
                    new Color(0xe3c95c),
                    new Color(0xd5dbe2)));

    /** Of the points of a class. */
    Color ofClass(int index) {
        return classes.get(index % classes.size());
    }

    Color series(int index) {
        return series.get(index % series.size());
    }
}
