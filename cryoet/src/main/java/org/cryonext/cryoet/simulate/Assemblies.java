package org.cryonext.cryoet.simulate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Invented assemblies with the masses, volumes and radii of gyration of SHREC's twelve proteins, made of round domains.
 * They are shapes of our own, not models of the proteins; what they share with them is their size, and so about how hard
 * they are to tell apart. Numbers of a shape are in its own unit; {@code spread} and {@code radius} bring positions and
 * radii to nm and were fitted to volume and radius of gyration.
 */
final class Assemblies {
    private static final int FINE = 3;
    private static final int MARGIN = 4;

    /** Blur in nm: what is left of the domains' sharp edges. */
    private static final double BLUR = 0.7;

    private Assemblies() {}

    private record Domain(double x, double y, double z, double radius) {}

    /** One density for each of {@link Protein#SHREC_2020}, scaled to its mass. */
    static List<Density> densities() {
        return Protein.SHREC_2020.stream()
                .map(protein -> density(shape(protein.name()), protein.mass()))
                .toList();
    }

    private static List<Domain> shape(String name) {
        return switch (name) {
            // A barrel of two rings of four around a core, capped at both ends.
            case "1bxn" ->
                scaled(
                        1.87,
                        2.25,
                        ring(4, 1.7, -1.25, 0.85, 0),
                        ring(4, 1.7, 1.25, 0.85, 0.78),
                        ring(4, 0.8, 0, 0.6, 0.4),
                        List.of(new Domain(0, 0, -2.4, 0.7), new Domain(0, 0, 2.4, 0.7)));
            // Three arms around a hub.
            case "1qvr" ->
                scaled(
                        1.81,
                        2.95,
                        ring(3, 1.5, -0.2, 0.85, 0),
                        ring(3, 3.1, 0.3, 0.85, 0.15),
                        ring(3, 2.4, 1.6, 0.75, 0.3),
                        List.of(new Domain(0, 0, 0, 0.8), new Domain(0, 0, 1.3, 0.6)));
            // A clamp: two jaws over a base.
            case "1s3x" ->
                scaled(
                        1.5,
                        1.93,
                        List.of(
                                new Domain(-0.9, 0, 0.6, 0.85),
                                new Domain(0.9, 0, 0.6, 0.85),
                                new Domain(0, 0, -0.5, 0.9),
                                new Domain(-1, 0, 1.4, 0.5),
                                new Domain(1, 0.3, 1.5, 0.55)));
            // A horseshoe around a bent chain of lobes.
            case "1u6g" ->
                scaled(
                        1.98,
                        2.27,
                        arc(8, 2.5, 250, 0.8),
                        List.of(
                                new Domain(0.4, 0, 0.3, 0.75),
                                new Domain(-0.9, 0.1, 1, 0.8),
                                new Domain(0.5, 0.5, 1.6, 0.75),
                                new Domain(-0.6, -0.6, -0.6, 0.6)));
            // A V of two arms.
            case "2cg9" ->
                scaled(
                        1.72,
                        2.12,
                        List.of(
                                new Domain(0, 0, -2.2, 1),
                                new Domain(1, 0.3, -0.9, 1),
                                new Domain(1.7, 0, 0.6, 1),
                                new Domain(1.6, -0.3, 2.2, 1),
                                new Domain(-1, -0.3, -0.9, 1),
                                new Domain(-1.7, 0, 0.6, 1),
                                new Domain(-1.6, 0.3, 2.2, 1)));
            // A flat double ring of six, its pore half filled.
            case "3cf3" ->
                scaled(
                        1.76,
                        2.16,
                        ring(6, 2.5, -0.9, 0.75, 0),
                        ring(6, 2.3, 0.9, 0.7, 0.5),
                        ring(3, 0.8, 0.1, 0.62, 0),
                        List.of(new Domain(0, 0, 1.3, 0.5)));
            // An L.
            case "3d2f" ->
                scaled(
                        2,
                        2.16,
                        List.of(
                                new Domain(0, 0, 0, 1.2),
                                new Domain(1.5, 0, 0, 1.1),
                                new Domain(3, 0, 0.2, 1),
                                new Domain(4.4, 0.3, 0, 1),
                                new Domain(0, 1.5, 0, 1.1),
                                new Domain(0, 3, 0.3, 1),
                                new Domain(-0.3, 4.4, 0, 1),
                                new Domain(-0.6, -0.6, 0.9, 1)));
            // A triangle with a lobe on it.
            case "3gl1" -> scaled(1.4, 2.11, ring(3, 1.5, 0, 1, 0), List.of(new Domain(0, 0, 0.9, 0.7)));
            // A bent rod with a thick middle.
            case "3h84" ->
                scaled(
                        0.97,
                        2.43,
                        List.of(
                                new Domain(-3, 0.9, 0, 0.8),
                                new Domain(-1.5, -0.3, 0, 0.85),
                                new Domain(-0.2, -0.6, 0.5, 0.7),
                                new Domain(0.3, 0.6, -0.4, 0.7),
                                new Domain(1.5, 0, 0.3, 0.85),
                                new Domain(2.9, 1.1, 0.6, 0.8)));
            // Three unequal lobes.
            case "3qm1" ->
                scaled(
                        1.78,
                        1.7,
                        List.of(new Domain(0, 0, 0, 1), new Domain(1.3, 0.2, 0, 0.75), new Domain(0.5, 0.9, 0.3, 0.6)));
            // A barrel of four rings of seven with a tall cap on one end and a knob on the other.
            case "4cr2" ->
                scaled(
                        2.22,
                        2.84,
                        ring(7, 2, -2.4, 0.72, 0),
                        ring(7, 2, -0.8, 0.72, 0.2),
                        ring(7, 2, 0.8, 0.72, 0.4),
                        ring(7, 2, 2.4, 0.72, 0.6),
                        ring(6, 1.6, 4, 0.8, 0),
                        List.of(
                                new Domain(0, 0, -1.2, 0.6),
                                new Domain(0, 0, 0, 0.6),
                                new Domain(0, 0, 1.2, 0.6),
                                new Domain(0, 0, 2.4, 0.6),
                                new Domain(0, 0, 3.9, 0.6),
                                new Domain(1.4, 0.4, 5.6, 1),
                                new Domain(-0.6, 1, 5.8, 0.9),
                                new Domain(2.4, -0.6, 6.8, 0.9),
                                new Domain(0.2, -0.6, 7, 0.8),
                                new Domain(-2.6, 0, -3.6, 0.8)));
            // A hollow double ring of eight, half closed at both ends.
            case "4d8q" ->
                scaled(
                        2.05,
                        2.25,
                        ring(8, 2.5, -1.9, 1, 0),
                        ring(8, 2.7, -0.65, 0.85, 0.2),
                        ring(8, 2.7, 0.65, 0.85, 0.2),
                        ring(8, 2.5, 1.9, 1, 0),
                        ring(4, 1.2, -2.7, 0.6, 0),
                        ring(4, 1.2, 2.7, 0.6, 0));
            default -> throw new IllegalArgumentException("no assembly for " + name);
        };
    }

    /** {@code n} domains on a circle about the z axis, the first at {@code turn} radians. */
    private static List<Domain> ring(int n, double circle, double z, double radius, double turn) {
        List<Domain> domains = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            double angle = 2 * Math.PI * i / n + turn;
            domains.add(new Domain(circle * Math.cos(angle), circle * Math.sin(angle), z, radius));
        }
        return domains;
    }

    private static List<Domain> arc(int n, double circle, double degrees, double radius) {
        List<Domain> domains = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            double angle = Math.toRadians(degrees) * (i / (n - 1.0) - 0.5);
            domains.add(new Domain(circle * Math.cos(angle), circle * Math.sin(angle), 0, radius));
        }
        return domains;
    }

    @SafeVarargs
    private static List<Domain> scaled(double spread, double radius, List<Domain>... parts) {
        List<Domain> domains = new ArrayList<>();
        for (List<Domain> part : parts) {
            for (Domain d : part) {
                domains.add(new Domain(d.x * spread, d.y * spread, d.z * spread, d.radius * radius));
            }
        }
        return domains;
    }

    /** Solid inside any domain, averaged from a grid {@link #FINE} times finer, blurred, scaled to the mass. */
    private static Density density(List<Domain> domains, double mass) {
        int reach = MARGIN
                + (int) Math.ceil(domains.stream()
                        .mapToDouble(d -> Math.max(Math.abs(d.x), Math.max(Math.abs(d.y), Math.abs(d.z))) + d.radius)
                        .max()
                        .orElseThrow());
        int edge = 2 * reach + 1;
        int fine = edge * FINE;
        boolean[] solid = new boolean[fine * fine * fine];
        for (Domain domain : domains) {
            fill(domain, solid, fine, reach);
        }
        float[] values = new float[edge * edge * edge];
        for (int i = 0; i < solid.length; i++) {
            if (solid[i]) {
                int x = i % fine / FINE;
                int y = i / fine % fine / FINE;
                int z = i / (fine * fine) / FINE;
                values[(z * edge + y) * edge + x]++;
            }
        }
        for (int stride : new int[] {1, edge, edge * edge}) {
            values = blurred(values, edge, stride);
        }
        return Density.ofMass(mass, edge, edge, edge, values);
    }

    private static void fill(Domain domain, boolean[] solid, int fine, int reach) {
        double middle = (reach + 0.5) * FINE - 0.5;
        double cx = domain.x * FINE + middle;
        double cy = domain.y * FINE + middle;
        double cz = domain.z * FINE + middle;
        double r = domain.radius * FINE;
        for (int z = (int) Math.ceil(cz - r); z <= cz + r; z++) {
            for (int y = (int) Math.ceil(cy - r); y <= cy + r; y++) {
                double rest = r * r - (z - cz) * (z - cz) - (y - cy) * (y - cy);
                if (rest >= 0) {
                    int row = (z * fine + y) * fine;
                    int from = (int) Math.ceil(cx - Math.sqrt(rest));
                    int to = (int) Math.floor(cx + Math.sqrt(rest));
                    Arrays.fill(solid, row + from, row + to + 1, true);
                }
            }
        }
    }

    /** Gaussian blur along one axis; {@link #MARGIN} empty voxels lie around the shape. */
    private static float[] blurred(float[] values, int edge, int stride) {
        int reach = 3;
        double[] weights = new double[2 * reach + 1];
        for (int k = -reach; k <= reach; k++) {
            weights[k + reach] = Math.exp(-k * k / (2 * BLUR * BLUR));
        }
        double sum = Arrays.stream(weights).sum();
        float[] out = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            int at = i / stride % edge;
            double value = 0;
            for (int k = Math.max(-reach, -at); k <= Math.min(reach, edge - 1 - at); k++) {
                value += weights[k + reach] / sum * values[i + k * stride];
            }
            out[i] = (float) value;
        }
        return out;
    }
}
